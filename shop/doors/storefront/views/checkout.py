"""Checkout: one page, guest first, one service call to place the order."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shop.core import keys
from shop.core.idempotency import IdempotencyConflict
from shop.directory.geography import selectors as geography
from shop.doors.storefront import carts
from shop.doors.storefront.checkout_page import CheckoutPage
from shop.doors.storefront.forms.addresses import AddressForm
from shop.doors.storefront.forms.checkout import CheckoutForms
from shop.doors.storefront.memory import store_facts
from shop.doors.storefront.placed import has_placed, remember_placed
from shop.doors.storefront.visitors import actor_of, customer_of
from shop.goods.inventory.exceptions import OutOfStock
from shop.pricing.totals.exceptions import UnsellableLines
from shop.sales.cart import selectors as cart_selectors
from shop.sales.cart.exceptions import CartProblem
from shop.sales.checkout import services as checkout
from shop.sales.checkout.dataclasses import PlacedOrder, Purchase
from shop.sales.checkout.exceptions import CartOrdered, CheckoutProblem, PurchaseRefused
from shop.sales.payments import selectors as payment_selectors
from shop.sales.payments import services as payments
from shop.sales.payments.exceptions import PaymentProblem

REFUSALS = (CheckoutProblem, CartProblem, OutOfStock, UnsellableLines)
NEEDED = {
    name: AddressForm.base_fields[name].error_messages["required"] for name in ("city", "state")
}
TOKEN_SALT = "storefront.checkout"  # noqa: S105 - a salt, no secret
TOKEN_AGE_SECONDS = 24 * 60 * 60


def make_token(page: CheckoutPage) -> str:
    """Sign what a submission belongs to; its key makes retries return the first order."""
    claims = {
        "cart": page.cart_key,
        "checkout": page.checkout_key,
        "currency": page.currency,
        "key": keys.new_key(),
    }
    return signing.dumps(claims, salt=TOKEN_SALT)


def read_token(token: str) -> dict[str, str] | None:
    """Read a form token back; None when it is forged, damaged or a day old."""
    try:
        claims = signing.loads(token[:2000], salt=TOKEN_SALT, max_age=TOKEN_AGE_SECONDS)
    except signing.BadSignature:
        return None
    return claims if isinstance(claims, dict) else None


def in_words(refusal: Exception) -> str:
    """Say a refusal in the buyer's words, without numbers only we understand."""
    if isinstance(refusal, PurchaseRefused):
        return " ".join(refusal.errors.values())
    if isinstance(refusal, OutOfStock | UnsellableLines):
        return _("Some goods have just sold out. They are marked in your cart.")
    return str(refusal)


@never_cache
@require_POST
def start_checkout(request: HttpRequest) -> HttpResponse:
    """The Checkout button: hold the stock, then show the page."""
    cart = carts.cart_of(request)
    if cart is None:
        return redirect("storefront:cart")
    try:
        checkout.begin(cart_id=cart.pk, actor=actor_of(request), now=timezone.now())
    except REFUSALS as refusal:
        messages.error(request, in_words(refusal))
        return redirect("storefront:cart")
    return redirect("storefront:checkout")


@never_cache
@require_http_methods(["GET", "POST"])
def checkout_page(request: HttpRequest) -> HttpResponse:
    """Show the page, or place the order it describes."""
    if request.method == "POST":
        return _place(request)
    cart = carts.cart_of(request)
    page = CheckoutPage.opened(request, cart) if cart else None
    if page is None or page.is_empty:
        messages.info(request, _("Your cart is empty."))
        return redirect("storefront:cart")
    return _show(request, page)


@never_cache
@require_GET
def postal_place(request: HttpRequest) -> HttpResponse:
    """Propose city and state for a PIN code; an unknown one proposes nothing."""
    prefix = "shipping" if "shipping-postal_code" in request.GET else "billing"
    code = request.GET.get(f"{prefix}-postal_code", "").replace(" ", "")[:12]
    place = geography.find_postal_code(code) if code.isdigit() else None
    return render(
        request,
        "storefront/checkout/place.html",
        {
            "prefix": prefix,
            "needed": NEEDED,
            "states": geography.state_choices(store_facts().country),
            "city": place.city if place else request.GET.get(f"{prefix}-city", "")[:80],
            "state": place.state_code if place else request.GET.get(f"{prefix}-state", "")[:8],
        },
    )


@never_cache
@require_POST
def checkout_totals(request: HttpRequest) -> HttpResponse:
    """The summary again, after another address or delivery method was chosen."""
    claims = read_token(request.POST.get("token", ""))
    page = CheckoutPage.submitted(request, claims) if claims else None
    if page is None:
        return HttpResponse(status=204)
    context = page.context() | {"is_part": True}
    return render(request, "storefront/checkout/summary.html", context)


def _show(request: HttpRequest, page: CheckoutPage, *, status: int = 200) -> HttpResponse:
    context = page.context()
    context["token"] = make_token(page)
    return render(request, "storefront/checkout/page.html", context, status=status)


def _place(request: HttpRequest) -> HttpResponse:
    claims = read_token(request.POST.get("token", ""))
    if claims is None:
        messages.error(
            request, _("This page was open for too long. Please check it and try again.")
        )
        return redirect("storefront:checkout")
    forms = CheckoutForms(data=request.POST)
    if not forms.is_valid():
        return _refuse(request, claims, "", status=422)
    try:
        placed = checkout.place_order(
            purchase=_purchase(request, forms, claims),
            actor=actor_of(request),
            idempotency_key=claims["key"],
            now=timezone.now(),
        )
    except IdempotencyConflict:
        problem = _("This order was already placed with other details. Nothing more was ordered.")
        context = {"cart": None, "problem": problem}
        return render(request, "storefront/cart/page.html", context, status=409)
    except CartOrdered as ordered:
        if has_placed(request, ordered.order_number):
            return redirect("storefront:order-thanks", number=ordered.order_number)
        messages.info(request, str(ordered))
        return redirect("storefront:cart")
    except REFUSALS as refusal:
        return _refuse(request, claims, in_words(refusal), status=409)
    return _leave(request, placed)


def _refuse(
    request: HttpRequest, claims: dict[str, str], problem: str, *, status: int
) -> HttpResponse:
    """The page again with what is wrong; without goods to buy, the way back to some."""
    page = CheckoutPage.refused(request, claims, problem)
    if not page.is_empty:
        return _show(request, page, status=status)
    kept = cart_selectors.find_cart(claims["cart"])
    if kept and kept.customer_id and not request.user.is_authenticated:
        messages.info(request, _("You are signed out. Your cart is kept: sign in to go on."))
        return redirect_to_login(reverse("storefront:checkout"))
    messages.error(request, _("Your cart has changed. Please check it and order again."))
    return redirect("storefront:cart")


def _purchase(request: HttpRequest, forms: CheckoutForms, claims: dict[str, str]) -> Purchase:
    contact = forms.contact.cleaned_data
    chosen = forms.payment.cleaned_data
    customer = customer_of(request)
    return Purchase(
        cart_key=claims["cart"],
        checkout_key=claims["checkout"],
        email=contact["email"],
        full_name=contact["full_name"],
        phone=contact["phone"],
        customer_id=customer.pk if customer else None,
        billing=forms.billing_address(),
        shipping=forms.shipping_address(),
        shipping_code=chosen["shipping_code"],
        payment_method=chosen["payment_method"],
        expected_total=chosen["expected_total"],
        currency=claims["currency"],
        channel="WEB",
        note=request.POST.get("note", "")[:500],
        placed_by_id=None,
    )


def _leave(request: HttpRequest, placed: PlacedOrder) -> HttpResponse:
    """Go to the gateway, or straight to the thank-you page."""
    response = redirect("storefront:order-thanks", number=placed.number)
    if placed.needs_redirect:
        payment = payment_selectors.get_payment(placed.payment_key)
        try:
            response = redirect(
                payments.start(payment_id=payment.pk, now=timezone.now()).redirect_url
            )
        except PaymentProblem:
            # The order stands and its goods are held: the thank-you page offers another try.
            messages.warning(request, _("The payment page did not open. Please try again below."))
    remember_placed(request, response, placed.number)
    carts.forget(response)
    return response
