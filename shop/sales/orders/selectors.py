"""Questions about orders."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Lower

from shop.core import timeline
from shop.core.models import TimelineEntry
from shop.core.statements import Statement
from shop.directory.customers.selectors import normalize_email
from shop.sales.orders.exceptions import OrderNotFound
from shop.sales.orders.models import AddressKind, Order, OrderAddress, OrderLine, OrderStatus

NUMBERED = Statement(lambda number: Order.objects.filter(number=number))
ADDRESSES = Statement(lambda order_id: OrderAddress.objects.filter(order_id=order_id))
LINES = Statement(
    lambda order_id: OrderLine.objects.filter(order_id=order_id).order_by("position"),
)


def find_order(number: str) -> Order | None:
    """The order with this number, or nothing."""
    return NUMBERED.one(number=number.strip().upper()[:32])


def get_order(number: str) -> Order:
    """The order with this number."""
    order = find_order(number)
    if order is None:
        raise OrderNotFound
    return order


def find_guest_order(*, number: str, email: str) -> Order | None:
    """The order with this number, if the e-mail is that of its buyer."""
    order = find_order(number)
    if order is None or not order.email or order.email != normalize_email(email):
        return None
    return order


def orders_of(customer_id: int) -> QuerySet[Order]:
    """All orders of one customer, the latest first."""
    return Order.objects.filter(customer_id=customer_id).order_by("-placed_at", "-pk")


def placed_within_a_day(now: datetime) -> dict[str, float]:
    """How many orders were placed within 24 hours, by state."""
    fresh = Order.objects.filter(placed_at__gt=now - timedelta(hours=24), is_history=False)
    counted = dict(fresh.values_list("status").annotate(count=Count("pk")))
    return {status: counted.get(status, 0) for status in OrderStatus.values}


@dataclass(frozen=True)
class OrderPage:
    """Everything that a page about one order shows and this package knows."""

    order: Order
    lines: tuple[OrderLine, ...]
    billing: OrderAddress | None
    shipping: OrderAddress | None
    timeline: tuple[TimelineEntry, ...]


def order_page(number: str) -> OrderPage:
    """An order with its lines and their goods, addresses and story; a fixed number of queries."""
    order = get_order(number)
    lines = order.lines.select_related("variant__product", "location").order_by("position")
    return _page(order, lines)


def page_of(order: Order) -> OrderPage:
    """The same of an order that was found a moment ago; its lines say themselves what they are."""
    return _page(order, LINES.all(order_id=order.pk))


def _page(order: Order, lines: Iterable[OrderLine]) -> OrderPage:
    addresses = {row.kind: row for row in ADDRESSES.all(order_id=order.pk)}
    return OrderPage(
        order=order,
        lines=tuple(lines),
        billing=addresses.get(AddressKind.BILLING),
        shipping=addresses.get(AddressKind.SHIPPING),
        timeline=tuple(timeline.story("order", order.key)),
    )


def currencies_in_use() -> list[str]:
    """The currencies of all orders, found by leaps along their index instead of reading it."""
    found: list[str] = []
    rest = Order.objects.order_by("currency").values_list("currency", flat=True)
    while following := rest.filter(currency__gt=found[-1] if found else "").first():
        found.append(following)
    return found


MOST_FOUND = 50
SHORTEST_NAME = 2
# How phone numbers of the store's own country are written.
DIGITS = 10
COUNTRY_PREFIX = "91"
PHONE_SIGNS = frozenset("+0123456789 -().")


def _pks(condition: Q) -> list[int]:
    return list(
        Order.objects.filter(condition)
        .order_by("-placed_at")
        .values_list("pk", flat=True)[:MOST_FOUND]
    )


def _by_number(text: str) -> list[int]:
    return _pks(Q(number=text.upper()) | Q(source_number=text))


def _by_email(text: str) -> list[int]:
    return _pks(Q(email=normalize_email(text))) if "@" in text else []


def _by_phone(text: str) -> list[int]:
    """A number as it was given, or as people usually write the same number."""
    return _pks(Q(phone__in={text, *_ways_to_write(text)}))


def _ways_to_write(text: str) -> set[str]:
    digits = "".join(sign for sign in text if sign.isdigit())
    if len(digits) < DIGITS or not set(text) <= PHONE_SIGNS:
        return set()
    own, prefix = digits[-DIGITS:], digits[:-DIGITS].lstrip("0") or COUNTRY_PREFIX
    halves = f"{own[:5]} {own[5:]}"
    return {
        f"{start}{number}"
        for start in ("", "0", prefix, f"+{prefix}", f"+{prefix} ", f"+{prefix}-")
        for number in (own, halves)
    }


def _by_name(text: str) -> list[int]:
    """Names in any case, whole or from their beginning."""
    if len(text) < SHORTEST_NAME:
        return []
    names = Order.objects.annotate(lower_name=Lower("full_name"))
    newest = names.filter(lower_name__startswith=text.lower()).order_by("-placed_at")
    return list(newest.values_list("pk", flat=True)[:MOST_FOUND])


def _by_sku(text: str) -> list[int]:
    lines = OrderLine.objects.filter(sku__in={text, text.upper()})
    # Sorted by a sum, so that a SKU nobody bought is not looked for in every line from the newest.
    newest = lines.order_by((F("pk") + 0).desc()).values_list("order_id", flat=True)[:MOST_FOUND]
    return list(dict.fromkeys(newest))


# How staff find an order; packages above add theirs.
FINDERS: dict[str, Callable[[str], list[int]]] = {
    "number": _by_number,
    "email": _by_email,
    "phone": _by_phone,
    "name": _by_name,
    "sku": _by_sku,
}
