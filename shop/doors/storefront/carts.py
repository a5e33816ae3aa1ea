"""Which cart a browser holds.

A guest's cart is known by its key alone, kept in a signed cookie that is set only when something is
added; a signed-in customer's cart is found by the customer, so it follows from device to device.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from shop.doors.storefront.memory import store_facts
from shop.doors.storefront.visitors import customer_of
from shop.sales.cart import selectors as cart_selectors
from shop.sales.cart.models import Cart

COOKIE = "cart"
COOKIE_SALT = "storefront.cart"
COOKIE_AGE = timedelta(days=30)
UNITS = "store_cart_units"


def guest_cart_key(request: HttpRequest) -> str:
    """Read the cart key of the signed cookie; empty when absent, forged or too old."""
    value = request.get_signed_cookie(
        COOKIE, default="", salt=COOKIE_SALT, max_age=int(COOKIE_AGE.total_seconds())
    )
    return value or ""


def guest_cart(request: HttpRequest) -> Cart | None:
    """Find the open cart of the cookie; one that became a customer's is theirs alone."""
    cart = cart_selectors.find_cart(guest_cart_key(request))
    return cart if cart is not None and cart.customer_id is None else None


def cart_of(request: HttpRequest) -> Cart | None:
    """Find the visitor's open cart without creating anything."""
    customer = customer_of(request)
    if customer is not None:
        return cart_selectors.current_cart(customer.pk, store_facts().currency)
    return guest_cart(request)


def units_of(request: HttpRequest) -> int:
    """How many units lie in the visitor's cart; a visitor without one costs no question."""
    known = request.__dict__.get(UNITS)
    if known is not None:
        return int(known)
    customer = customer_of(request)
    if customer is not None:
        return cart_selectors.units_for_customer(customer.pk, store_facts().currency)
    key = guest_cart_key(request)
    return cart_selectors.units_for_guest(key) if key else 0


def note_units(request: HttpRequest, units: int) -> None:
    """Spare the header its question: this page has just read the cart."""
    request.__dict__[UNITS] = units


def remember(request: HttpRequest, response: HttpResponse, cart: Cart) -> None:
    """Keep a guest's cart in the browser for thirty days after the last change."""
    if request.user.is_authenticated:
        return
    response.set_signed_cookie(
        COOKIE,
        cart.key,
        salt=COOKIE_SALT,
        max_age=int(COOKIE_AGE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget(response: HttpResponse) -> None:
    """Drop the guest's cart cookie, after the order or after signing in."""
    response.delete_cookie(COOKIE, samesite="Lax")
