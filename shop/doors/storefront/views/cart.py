"""The cart page and everything that changes a cart."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shop.doors.storefront import carts, delivery
from shop.doors.storefront.visitors import actor_of, customer_of
from shop.goods.shipping.selectors import ShippingOffer
from shop.sales.cart import selectors as cart_selectors
from shop.sales.cart import services as cart_services
from shop.sales.cart.dataclasses import CartView
from shop.sales.cart.exceptions import CartProblem
from shop.sales.cart.models import Cart
from shop.sales.cart.quantities import parse_quantity


def _is_fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("storefront:cart")
    return HttpResponseRedirect(target)


def _drawer(
    request: HttpRequest, cart: Cart | None, *, status: int = 200, problem: str = ""
) -> HttpResponse:
    view = _view(request, cart)
    context = {"cart": view, "problem": problem}
    return _with_count(render(request, "storefront/cart/drawer.html", context, status=status), view)


def _body(
    request: HttpRequest,
    cart: Cart | None,
    *,
    problem: str = "",
    undo: dict[str, str] | None = None,
) -> HttpResponse:
    view = _view(request, cart)
    context = {"cart": view, "problem": problem, "undo": undo, "promise": _promise(view)}
    template = "storefront/cart/body.html" if _is_fragment(request) else "storefront/cart/page.html"
    return _with_count(render(request, template, context, status=422 if problem else 200), view)


@never_cache
@require_GET
def cart_page(request: HttpRequest) -> HttpResponse:
    """Show the cart with today's prices and stock."""
    return _body(request, carts.cart_of(request))


@never_cache
@require_POST
def add_to_cart(request: HttpRequest) -> HttpResponse:
    """Put a variant in the cart; answer the drawer to scripts and a redirect to plain forms."""
    try:
        cart = _add(request)
    except CartProblem as refusal:
        if _is_fragment(request):
            return _drawer(request, carts.cart_of(request), status=422, problem=str(refusal))
        messages.error(request, str(refusal))
        return _back(request)
    response: HttpResponse
    if _is_fragment(request):
        response = _drawer(request, cart)
    else:
        messages.success(request, _("Added to your cart."))
        response = redirect("storefront:cart")
    carts.remember(request, response, cart)
    return response


@never_cache
@require_POST
def update_line(request: HttpRequest, line_key: str) -> HttpResponse:
    """Change the quantity of one line."""
    cart = carts.cart_of(request)
    if cart is None:
        return redirect("storefront:cart")
    try:
        cart_services.set_quantity(
            cart_id=cart.pk,
            line_key=line_key,
            quantity=parse_quantity(request.POST.get("quantity", "")),
            actor=actor_of(request),
            now=timezone.now(),
        )
    except CartProblem as refusal:
        return _body(request, cart, problem=str(refusal))
    return _after_change(request, cart)


@never_cache
@require_POST
def remove_line(request: HttpRequest, line_key: str) -> HttpResponse:
    """Take one line out; the page offers to put it back."""
    cart = carts.cart_of(request)
    if cart is None:
        return redirect("storefront:cart")
    cart_services.remove_line(
        cart_id=cart.pk, line_key=line_key, actor=actor_of(request), now=timezone.now()
    )
    sku, quantity = request.POST.get("sku", "")[:100], request.POST.get("quantity", "")[:7]
    return _body(request, cart, undo={"sku": sku, "quantity": quantity} if sku else None)


@never_cache
@require_POST
def accept_prices(request: HttpRequest) -> HttpResponse:
    """Confirm prices that changed since the goods were added."""
    cart = carts.cart_of(request)
    if cart is not None:
        cart_services.accept_prices(cart_id=cart.pk, now=timezone.now())
    return _after_change(request, cart)


def _after_change(request: HttpRequest, cart: Cart | None) -> HttpResponse:
    if cart is None or not _is_fragment(request):
        return redirect("storefront:cart")
    return _body(request, cart)


def _add(request: HttpRequest) -> Cart:
    customer = customer_of(request)
    return cart_services.add_to_cart(
        guest_key="" if customer else carts.guest_cart_key(request),
        customer_id=customer.pk if customer else None,
        sku=request.POST.get("sku", "")[:100],
        quantity=parse_quantity(request.POST.get("quantity", "1")),
        actor=actor_of(request),
        now=timezone.now(),
    )


def _promise(view: CartView | None) -> ShippingOffer | None:
    """When these goods would arrive, and what that would cost."""
    if view is None or view.totals is None:
        return None
    goods = view.totals.goods_subtotal - view.totals.discount_total
    return delivery.first_offer(goods=goods, now=timezone.now())


def _view(request: HttpRequest, cart: Cart | None) -> CartView | None:
    if cart is None:
        return None
    now = timezone.now()
    view = cart_selectors.view_of(cart_selectors.contents_of(cart, now), now)
    carts.note_units(request, view.units)
    return view


def _with_count(response: HttpResponse, view: CartView | None) -> HttpResponse:
    """Tell the page's header how many units the cart holds now."""
    response["HX-Trigger"] = json.dumps({"cart:changed": {"count": view.units if view else 0}})
    return response
