"""The row lock that every change of an order starts with; it lives in the caller's transaction."""

from shop.core.statements import Statement
from shop.sales.orders.exceptions import OrderNotFound
from shop.sales.orders.models import Order

LOCKED = Statement(lambda pk: Order.objects.select_for_update().filter(pk=pk))


def lock_order(*, order_id: int) -> Order:
    """Keep everybody else from changing this order until the transaction ends."""
    order = LOCKED.one(pk=order_id)
    if order is None:
        raise OrderNotFound
    return order
