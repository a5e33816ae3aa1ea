"""Orders as a customer sees them: thank-you, tracking for guests, history, cancelling."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shop.core.workflow import TransitionRefused
from shop.doors.storefront import accounts
from shop.doors.storefront.forms import posted
from shop.doors.storefront.forms.account import (
    CancelForm,
    OrderFilterForm,
    PasswordForm,
    TrackForm,
)
from shop.doors.storefront.order_history import matching_orders
from shop.doors.storefront.order_page import OrderPage, order_page
from shop.doors.storefront.placed import has_placed, remember_placed
from shop.doors.storefront.visitors import actor_of, customer_of
from shop.sales.amendments import reasons
from shop.sales.amendments import services as amendments
from shop.sales.amendments.exceptions import AmendmentProblem
from shop.sales.orders import links
from shop.sales.orders import selectors as orders
from shop.sales.orders.exceptions import LinkRefused
from shop.sales.orders.models import Order
from shop.sales.payments import services as payments
from shop.sales.payments.exceptions import PaymentProblem

PAGE_SIZE = 10
FINAL_STATUS = 286  # htmx stops polling on this answer


def _own_order(request: HttpRequest, number: str) -> Order:
    """The visitor's order, or 404: a stranger's number answers like an unknown one."""
    order = orders.find_order(number)
    customer = customer_of(request)
    is_own = order is not None and customer is not None and order.customer_id == customer.pk
    if order is None or not (is_own or has_placed(request, order.number)):
        raise Http404
    return order


def _linked_order(request: HttpRequest, token: str) -> Order:
    """The one order that a signed link opens."""
    try:
        return links.order_for_token(token, now=timezone.now())
    except LinkRefused as refused:
        raise Http404 from refused


@never_cache
@require_GET
def thanks(request: HttpRequest, number: str) -> HttpResponse:
    """Say thank you: number, what happens next, and an account with one field."""
    order = _own_order(request, number)
    context = {
        "page": order_page(order, actor_urls=_guest_urls(order)),
        "password_form": None if request.user.is_authenticated else PasswordForm(),
    }
    return render(request, "storefront/orders/thanks.html", context)


@never_cache
@require_POST
def register_after_order(request: HttpRequest, number: str) -> HttpResponse:
    """Turn a guest order into an account: only the password is asked."""
    order = _own_order(request, number)
    if request.user.is_authenticated:
        return redirect("storefront:account-orders")
    form = PasswordForm(request.POST)
    if form.is_valid():
        response = accounts.register_buyer(request, order, form)
        if response is not None:
            return response
    context = {"page": order_page(order, actor_urls=_guest_urls(order)), "password_form": form}
    return render(request, "storefront/orders/thanks.html", context, status=422)


@never_cache
@require_http_methods(["GET", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Find a guest's order by number and e-mail; a wrong pair reads like an unknown number."""
    form = TrackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        order = orders.find_guest_order(
            number=form.cleaned_data["number"], email=form.cleaned_data["email"]
        )
        if order is not None:
            return redirect("storefront:order-tracking", token=links.tracking_token(order))
        form.add_error(None, _("We found no order with this number and e-mail."))
    status = 422 if form.is_bound else 200
    return render(request, "storefront/orders/track.html", {"form": form}, status=status)


@never_cache
@require_GET
def tracking(request: HttpRequest, token: str) -> HttpResponse:
    """The order behind a signed link."""
    order = _linked_order(request, token)
    return _show(request, order, _guest_urls(order, token))


@never_cache
@require_GET
def account_order(request: HttpRequest, number: str) -> HttpResponse:
    """One order of the signed-in customer; who is signed out is asked to sign in first."""
    if not request.user.is_authenticated and not has_placed(request, number):
        return redirect_to_login(request.get_full_path())
    order = _own_order(request, number)
    if not request.user.is_authenticated:
        return redirect(_guest_urls(order)["self"])
    return _show(request, order, _own_urls(order), template="storefront/account/order.html")


@require_GET
def status_fragment(request: HttpRequest, token: str) -> HttpResponse:
    """The moving part of the page, asked for every few seconds while the order is under way."""
    order = _linked_order(request, token)
    etag = quote_etag(f"{order.key}-{order.updated_at.timestamp()}")
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    page = order_page(order, actor_urls=_guest_urls(order, token))
    response = render(request, "storefront/orders/status.html", {"page": page})
    response.status_code = FINAL_STATUS if page.is_final else 200
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def cancel_own(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel an order of this visitor while it is not packed."""
    if not request.user.is_authenticated and not has_placed(request, number):
        return redirect_to_login(request.get_full_path())
    order = _own_order(request, number)
    back = (
        reverse("storefront:account-order", args=[order.number])
        if request.user.is_authenticated
        else _guest_urls(order)["self"]
    )
    return _cancel(request, order, back)


@never_cache
@require_http_methods(["GET", "POST"])
def cancel_linked(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel by the signed link of a mail."""
    return _cancel(
        request, _linked_order(request, token), reverse("storefront:order-tracking", args=[token])
    )


@never_cache
@require_POST
def pay_again(request: HttpRequest, token: str) -> HttpResponse:
    """Offer another try after a payment failed: the order stays."""
    order = _linked_order(request, token)
    try:
        payment = payments.retry_payment(
            order_id=order.pk,
            method=request.POST.get("payment_method", "")[:32],
            actor=actor_of(request),
            now=timezone.now(),
        )
        response = redirect("storefront:order-thanks", number=order.number)
        if payment.gateway:
            started = payments.start(payment_id=payment.pk, now=timezone.now())
            response = redirect(started.redirect_url)
    except PaymentProblem as refusal:
        messages.error(request, str(refusal))
        return redirect("storefront:order-tracking", token=token)
    remember_placed(request, response, order.number)
    return response


@never_cache
@login_required
@require_GET
def order_history(request: HttpRequest) -> HttpResponse:
    """The customer's orders, newest first, searched and filtered."""
    customer = customer_of(request)
    form = OrderFilterForm(request.GET or None)
    form.is_valid()  # a wrong value is not applied, the others are
    wanted = form.cleaned_data if form.is_bound else {}
    found = matching_orders(
        orders.orders_of(customer.pk if customer else 0),
        text=wanted.get("q", ""),
        status=wanted.get("status", ""),
        since=wanted.get("since"),
        until=wanted.get("until"),
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {"page": page, "form": form, "query": query.urlencode()}
    return render(request, "storefront/account/orders.html", context)


def _cancel(request: HttpRequest, order: Order, back: str) -> HttpResponse:
    form = CancelForm(posted(request))
    form.fields["reason"].choices = reasons.CUSTOMER_REASONS  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            amendments.cancel_order(
                order_id=order.pk,
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
                actor=actor_of(request),
                now=timezone.now(),
            )
        except (AmendmentProblem, TransitionRefused) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Your order is cancelled."))
        return redirect(back)
    page = order_page(order, actor_urls={"self": back})
    context = {"page": page, "form": form, "back": back}
    status = 422 if form.is_bound else 200
    return render(request, "storefront/orders/cancel.html", context, status=status)


def _show(
    request: HttpRequest,
    order: Order,
    urls: dict[str, str],
    *,
    template: str = "storefront/orders/tracking.html",
) -> HttpResponse:
    page: OrderPage = order_page(order, actor_urls=urls)
    return render(request, template, {"page": page})


def _guest_urls(order: Order, token: str = "") -> dict[str, str]:
    args = [token or links.tracking_token(order)]
    return {
        "self": reverse("storefront:order-tracking", args=args),
        "status": reverse("storefront:order-status", args=args),
        "cancel": reverse("storefront:order-cancel-linked", args=args),
        "pay": reverse("storefront:order-pay", args=args),
    }


def _own_urls(order: Order) -> dict[str, Any]:
    urls = _guest_urls(order)
    urls["self"] = reverse("storefront:account-order", args=[order.number])
    urls["cancel"] = reverse("storefront:order-cancel", args=[order.number])
    return urls
