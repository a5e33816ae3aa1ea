"""Who may cancel which orders."""

from typing import Any

from shop.directory.customers.models import Customer
from shop.sales.orders.models import FulfillmentStatus, Order, OrderStatus

OPEN = frozenset({OrderStatus.DRAFT, OrderStatus.ACTIVATED})


def is_cancellable(order: Order) -> bool:
    """Whether an order can still be cancelled: nothing of it is packed."""
    return (
        order.status in OPEN
        and order.fulfillment_status == FulfillmentStatus.UNFULFILLED
        and not order.is_history
    )


def can_cancel(*, user: Any, order: Order, customer: Customer | None = None) -> bool:
    """Staff may cancel with the permission; a customer may cancel an order of their own."""
    if not is_cancellable(order):
        return False
    if customer is not None and order.customer_id == customer.pk:
        return True
    return bool(
        getattr(user, "is_active", False)
        and getattr(user, "is_staff", False)
        and user.has_perm("orders.cancel_order")
    )
