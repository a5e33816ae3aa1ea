"""Whose orders they are when two customers turn out to be one."""

from django.db import transaction

from shop.core.events import RowsWritten, publish
from shop.sales.orders.models import Order


@transaction.atomic
def repoint_orders(*, source_customer_id: int, target_customer_id: int) -> int:
    """Give all orders of one customer to another, because they are the same person."""
    orders = Order.objects.select_for_update().filter(customer_id=source_customer_id).order_by("pk")
    pks = tuple(orders.values_list("pk", flat=True))
    if pks:
        Order.objects.filter(pk__in=pks).update(customer_id=target_customer_id)
        publish(RowsWritten(model_label="orders.Order", pks=pks, operation="update"))
    return len(pks)
