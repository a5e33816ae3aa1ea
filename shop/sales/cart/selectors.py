"""Questions about carts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum

from shop.core import options
from shop.core.statements import Statement
from shop.directory.customers.models import Customer
from shop.directory.geography.addresses import PostalAddress
from shop.directory.organization import selectors as organization
from shop.goods.catalog import selectors as catalog
from shop.goods.catalog.data import VariantFacts
from shop.goods.inventory import selectors as inventory
from shop.pricing.price_lists import selectors as price_lists
from shop.pricing.price_lists.data import ListPrice
from shop.pricing.totals import selectors as totals
from shop.pricing.totals.dataclasses import WantedLine
from shop.sales.cart.dataclasses import CartLineView, CartView
from shop.sales.cart.models import Cart, CartLine, CartState

BULK_FLAG = "bulk_allowed"

OPEN_CART = Statement(lambda key: Cart.objects.filter(key=key, state=CartState.OPEN))
LINES = Statement(lambda cart_id: CartLine.objects.filter(cart_id=cart_id).order_by("pk"))


def find_cart(key: str) -> Cart | None:
    """The open cart with this key, or nothing."""
    if len(key) != 26:
        return None
    return OPEN_CART.one(key=key)


def current_cart(customer_id: int, currency: str = "") -> Cart | None:
    """The open cart of a customer, in the store's currency unless another is named."""
    return Cart.objects.filter(
        customer_id=customer_id,
        currency=currency or organization.currency(),
        state=CartState.OPEN,
    ).first()


def lines_of(cart_id: int) -> list[CartLine]:
    """The lines of a cart in the order in which they were added."""
    return LINES.all(cart_id=cart_id)


def units_for_guest(key: str) -> int:
    """How many units lie in a guest's cart, for the figure in the header."""
    return _units(CartLine.objects.filter(cart__key=key, cart__customer__isnull=True))


def units_for_customer(customer_id: int, currency: str) -> int:
    """How many units lie in a customer's cart, for the figure in the header."""
    return _units(CartLine.objects.filter(cart__customer_id=customer_id, cart__currency=currency))


def _units(lines: "QuerySet[CartLine]") -> int:
    units: int = lines.filter(cart__state=CartState.OPEN).aggregate(sum=Sum("quantity", default=0))[
        "sum"
    ]
    return units


def wanted_lines(lines: list[CartLine]) -> list[WantedLine]:
    """Cart lines as the calculator takes them."""
    return [
        WantedLine(key=line.key, variant_id=line.variant_id, quantity=line.quantity)
        for line in lines
    ]


def is_bulk_buyer(customer_id: int | None) -> bool:
    """Whether a customer may buy more units at once than others."""
    if customer_id is None:
        return False
    custom = Customer.objects.filter(pk=customer_id).values_list("custom", flat=True).first()
    return (custom or {}).get(BULK_FLAG) is True


def unit_limit(customer_id: int | None) -> int:
    """How many units one cart of this customer may hold."""
    normal: int = options.value("cart.max_units")
    if not is_bulk_buyer(customer_id):
        return normal
    bulk: int = options.value("cart.bulk_max_units")
    return max(normal, bulk)


@dataclass(frozen=True)
class CartContents:
    """A cart with today's facts, prices and stock of what lies in it."""

    cart: Cart
    lines: tuple[CartLine, ...]
    facts: Mapping[int, VariantFacts]
    prices: Mapping[int, ListPrice]
    available: Mapping[int, int]

    @property
    def sellable(self) -> list[CartLine]:
        """The lines that can be sold at all."""
        return [
            line
            for line in self.lines
            if line.variant_id in self.prices
            and line.variant_id in self.facts
            and self.facts[line.variant_id].is_sellable
        ]


def contents_of(cart: Cart, now: datetime) -> CartContents:
    """Look up everything that the sums of a cart depend on, in a fixed number of queries."""
    lines = lines_of(cart.pk)
    variant_ids = [line.variant_id for line in lines]
    return CartContents(
        cart=cart,
        lines=tuple(lines),
        facts=catalog.variant_facts(variant_ids),
        prices=price_lists.prices_for(variant_ids=variant_ids, currency=cart.currency, now=now),
        available=inventory.available(variant_ids),
    )


def cart_view(
    cart_id: int,
    now: datetime,
    *,
    destination: PostalAddress | None = None,
    shipping_code: str | None = None,
    held: Mapping[int, int] | None = None,
) -> CartView:
    """A cart with today's prices, stock and sums, in a fixed number of queries.

    `held` are units that an open checkout of this very cart has reserved, by variant.
    """
    return view_of(
        contents_of(Cart.objects.get(pk=cart_id), now),
        now,
        destination=destination,
        shipping_code=shipping_code,
        held=held,
    )


def view_of(
    contents: CartContents,
    now: datetime,
    *,
    destination: PostalAddress | None = None,
    shipping_code: str | None = None,
    held: Mapping[int, int] | None = None,
) -> CartView:
    """The same for contents that were looked up a moment ago."""
    cart, facts, prices = contents.cart, contents.facts, contents.prices
    sellable = contents.sellable
    sums = (
        totals.quote(
            lines=wanted_lines(sellable),
            destination=destination,
            shipping_code=shipping_code,
            currency=cart.currency,
            now=now,
            facts=dict(facts),
            prices=dict(prices),
        )
        if sellable
        else None
    )
    totals_by_key = {total.key: total for total in sums.lines} if sums else {}
    return CartView(
        key=cart.key,
        currency=cart.currency,
        units=sum(line.quantity for line in contents.lines),
        totals=sums,
        lines=tuple(
            CartLineView(
                key=line.key,
                variant_id=line.variant_id,
                facts=facts.get(line.variant_id),
                quantity=line.quantity,
                unit_price=prices[line.variant_id].amount if line.variant_id in prices else None,
                seen_unit_price=line.seen_unit_price,
                available=contents.available[line.variant_id]
                + (held or {}).get(line.variant_id, 0),
                total=totals_by_key.get(line.key),
            )
            for line in contents.lines
        ),
    )
