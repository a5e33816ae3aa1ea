"""What the checkout page shows: forms, offers and totals for one cart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from shop.directory.customers import selectors as customers
from shop.directory.geography.addresses import PostalAddress
from shop.doors.storefront import carts
from shop.doors.storefront.forms.checkout import CheckoutForms
from shop.doors.storefront.memory import store_facts
from shop.doors.storefront.visitors import customer_of
from shop.goods.shipping import selectors as shipping
from shop.pricing.totals.dataclasses import Totals
from shop.pricing.totals.exceptions import ShippingNotOffered
from shop.sales.cart import selectors as cart_selectors
from shop.sales.cart.dataclasses import CartView
from shop.sales.cart.models import Cart
from shop.sales.cart.selectors import CartContents
from shop.sales.checkout import selectors as checkout_selectors
from shop.sales.payments.methods import available_methods

ZERO = Decimal(0)


@dataclass
class CheckoutPage:
    """Everything the templates need, built with a constant number of queries."""

    cart_key: str
    checkout_key: str
    currency: str
    forms: CheckoutForms
    lines: list[Any]
    offers: list[Any]
    methods: list[Any]
    totals: Totals | None
    reserved_until: Any = None
    problem: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing to buy here."""
        return not self.lines

    @classmethod
    def opened(cls, request: HttpRequest, cart: Cart) -> CheckoutPage:
        """The page as first shown, filled with what is known of the customer."""
        return _build(request, cart, data=None)

    @classmethod
    def submitted(cls, request: HttpRequest, claims: dict[str, str]) -> CheckoutPage:
        """The page as it came back, for the cart its token names, unless it is another person's."""
        cart = cart_selectors.find_cart(claims["cart"])
        customer = customer_of(request)
        if cart and cart.customer_id not in {None, customer.pk if customer else None}:
            cart = None
        return _build(request, cart, data=request.POST)

    @classmethod
    def refused(cls, request: HttpRequest, claims: dict[str, str], problem: str) -> CheckoutPage:
        """The page as it came back, with today's numbers and the reason on top."""
        page = cls.submitted(request, claims)
        page.forms.is_valid()
        page.problem = problem
        return page

    def context(self) -> dict[str, Any]:
        """Plain names for the templates."""
        return {
            "page": self,
            "forms": self.forms,
            "lines": self.lines,
            "offers": self.offers,
            "methods": self.methods,
            "totals": self.totals,
            "expected_total": f"{self.totals.grand_total:f}" if self.totals else "",
            "problem": self.problem,
            "problems": self.forms.problems() if self.forms.is_bound else [],
            "reserved_until": self.reserved_until,
        }


def _build(request: HttpRequest, cart: Cart | None, *, data: Any) -> CheckoutPage:
    if cart is None:
        return _nothing_to_buy(data)
    now = timezone.now()
    country = store_facts().country
    opened = checkout_selectors.open_checkout_of(cart.pk)
    view = _Draft(
        contents=cart_selectors.contents_of(cart, now),
        held=checkout_selectors.units_held_in(opened),
        destination=_destination(data, country),
        now=now,
    )
    sums = view.with_shipping((data or {}).get("shipping_code", "")[:40])
    offers = shipping.offers(
        country=country, goods_total=_goods(sums), currency=cart.currency, now=now
    )
    if sums.totals and sums.totals.shipping is None and offers:
        sums = view.with_shipping(offers[0].code)
    carts.note_units(request, sums.units)
    total = sums.totals.grand_total if sums.totals else ZERO
    methods = available_methods(currency=cart.currency, grand_total=total, country=country)
    return CheckoutPage(
        cart_key=cart.key,
        checkout_key=opened.key if opened else "",
        currency=cart.currency,
        forms=CheckoutForms(
            data=data,
            initial=_known(request, offers) if data is None else None,
            shipping=[(offer.code, offer.name) for offer in offers],
            payment=[(method.code, method.label) for method in methods],
        ),
        lines=list(sums.lines),
        offers=list(offers),
        methods=list(methods),
        totals=sums.totals,
        reserved_until=opened.expires_at if opened else None,
    )


def _nothing_to_buy(data: Any) -> CheckoutPage:
    return CheckoutPage(
        cart_key="",
        checkout_key="",
        currency=store_facts().currency,
        forms=CheckoutForms(data=data, shipping=[], payment=[]),
        lines=[],
        offers=[],
        methods=[],
        totals=None,
    )


@dataclass(frozen=True)
class _Draft:
    """A cart that was looked up once, with the sums of one delivery method or another."""

    contents: CartContents
    held: dict[int, int]
    destination: PostalAddress | None
    now: datetime

    def with_shipping(self, code: str) -> CartView:
        """The sums; a delivery method that is not offered is not charged either."""
        try:
            return self._sums(code or None)
        except ShippingNotOffered:
            return self._sums(None)

    def _sums(self, code: str | None) -> CartView:
        return cart_selectors.view_of(
            self.contents,
            self.now,
            destination=self.destination,
            shipping_code=code,
            held=self.held,
        )


def _goods(view: CartView) -> Decimal:
    return view.totals.goods_subtotal - view.totals.discount_total if view.totals else ZERO


def _destination(data: Any, country: str) -> PostalAddress | None:
    """Where the goods go, as far as it is known: tax depends on the state alone."""
    if not data:
        return None
    prefix = "billing" if data.get("same_address") else "shipping"
    state = data.get(f"{prefix}-state", "")
    if not state:
        return None
    return PostalAddress(
        full_name="",
        phone="",
        line1="",
        line2="",
        city=data.get(f"{prefix}-city", "")[:80],
        state=state[:8],
        postal_code=data.get(f"{prefix}-postal_code", "")[:12],
        country=country,
    )


def _known(request: HttpRequest, offers: list[Any]) -> dict[str, dict[str, Any]]:
    """What a signed-in customer need not type again."""
    known: dict[str, dict[str, Any]] = {
        "payment": {"same_address": True, "shipping_code": offers[0].code if offers else ""}
    }
    customer = customer_of(request)
    if customer is None:
        return known
    known["contact"] = {
        "email": customer.email,
        "full_name": customer.full_name,
        "phone": customer.phone,
    }
    book = list(customers.address_book(customer.pk))
    if not book:
        return known
    billing = next((row for row in book if row.is_default_billing), book[0])
    known["billing"] = customers.postal_address(billing).to_dict()
    if book[0].pk != billing.pk:
        known["shipping"] = customers.postal_address(book[0]).to_dict()
        known["payment"]["same_address"] = False
    return known
