"""What can be done with an order; each verb is one transaction."""

from shop.sales.orders.services.facts import record_fulfillment, record_payment
from shop.sales.orders.services.history import record_past_orders, refresh_customer_figures
from shop.sales.orders.services.locking import lock_order
from shop.sales.orders.services.ownership import move_to_customer, repoint_orders
from shop.sales.orders.services.placing import create_order
from shop.sales.orders.services.states import activate, activate_locked, complete, mark_cancelled

__all__ = [
    "activate",
    "activate_locked",
    "complete",
    "create_order",
    "lock_order",
    "mark_cancelled",
    "move_to_customer",
    "record_fulfillment",
    "record_past_orders",
    "record_payment",
    "refresh_customer_figures",
    "repoint_orders",
]
