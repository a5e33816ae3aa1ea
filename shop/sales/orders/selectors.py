"""Questions about orders."""

from dataclasses import dataclass

from django.db.models import QuerySet

from shop.core import timeline
from shop.core.models import TimelineEntry
from shop.directory.customers.selectors import normalize_email
from shop.sales.orders.exceptions import OrderNotFound
from shop.sales.orders.models import AddressKind, Order, OrderAddress, OrderLine


def find_order(number: str) -> Order | None:
    """The order with this number, or nothing."""
    return Order.objects.filter(number=number.strip().upper()[:32]).first()


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


@dataclass(frozen=True)
class OrderPage:
    """Everything that a page about one order shows and this package knows."""

    order: Order
    lines: tuple[OrderLine, ...]
    billing: OrderAddress | None
    shipping: OrderAddress | None
    timeline: tuple[TimelineEntry, ...]


def order_page(number: str) -> OrderPage:
    """An order with its lines, addresses and story, in a fixed number of queries."""
    order = get_order(number)
    addresses = {address.kind: address for address in order.addresses.all()}
    lines = order.lines.select_related("variant__product", "location").order_by("position")
    return OrderPage(
        order=order,
        lines=tuple(lines),
        billing=addresses.get(AddressKind.BILLING),
        shipping=addresses.get(AddressKind.SHIPPING),
        timeline=tuple(timeline.entries("order", order.key)),
    )
