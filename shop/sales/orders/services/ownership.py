"""Whose orders they are when two customers turn out to be one."""

from datetime import datetime

from django.db import transaction

from shop.core import timeline
from shop.core.actors import Actor
from shop.core.events import RowsWritten, publish
from shop.sales.orders.models import Order
from shop.sales.orders.services.locking import lock_order


@transaction.atomic
def repoint_orders(*, source_customer_id: int, target_customer_id: int) -> int:
    """Give all orders of one customer to another, because they are the same person."""
    orders = Order.objects.select_for_update().filter(customer_id=source_customer_id).order_by("pk")
    pks = tuple(orders.values_list("pk", flat=True))
    if pks:
        Order.objects.filter(pk__in=pks).update(customer_id=target_customer_id)
        publish(RowsWritten(model_label="orders.Order", pks=pks, operation="update"))
    return len(pks)


@transaction.atomic
def move_to_customer(*, order_id: int, customer_id: int, actor: Actor, now: datetime) -> Order:
    """Give one order to another customer, with a line in its story that says who did it."""
    order = lock_order(order_id=order_id)
    if order.customer_id == customer_id:
        return order
    order.customer_id = customer_id
    order.updated_at = now
    order.save(update_fields=["customer", "updated_at"])
    timeline.record(
        subject_type="order",
        subject_key=order.key,
        thread_type="order",
        thread_key=order.key,
        kind="order.moved",
        message="Moved to the customer's account",
        actor=actor,
        now=now,
    )
    return order
