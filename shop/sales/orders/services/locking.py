"""The row lock that every change of an order starts with; it lives in the caller's transaction."""

from shop.sales.orders.exceptions import OrderNotFound
from shop.sales.orders.models import Order


def lock_order(*, order_id: int) -> Order:
    """Keep everybody else from changing this order until the transaction ends."""
    order = Order.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order
