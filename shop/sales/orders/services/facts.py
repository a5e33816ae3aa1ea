"""Facts from the packages above: what was paid, what was shipped."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from shop.core import timeline
from shop.core.actors import Actor
from shop.core.events import publish
from shop.core.money import format_money
from shop.sales.orders.events import OrderFulfillmentChanged, OrderPaymentChanged
from shop.sales.orders.models import (
    FulfillmentStatus,
    Order,
    OrderLine,
    OrderStatus,
    PaymentStatus,
)
from shop.sales.orders.services.locking import lock_order
from shop.sales.orders.services.states import activate_locked


@transaction.atomic
def record_payment(
    *,
    order_id: int,
    paid_total: Decimal,
    refunded_total: Decimal,
    payment_status: str,
    actor: Actor,
    now: datetime,
) -> Order:
    """Copy what the payments of an order add up to; a draft that is paid becomes binding."""
    order = lock_order(order_id=order_id)
    facts = (payment_status, paid_total, refunded_total)
    if facts != (order.payment_status, order.paid_total, order.refunded_total):
        _write_payment_facts(order, *facts, actor, now)
    if order.status == OrderStatus.DRAFT and order.payment_status == PaymentStatus.PAID:
        return activate_locked(order=order, actor=actor, now=now)
    return order


def _write_payment_facts(
    order: Order, status: str, paid: Decimal, refunded: Decimal, actor: Actor, now: datetime
) -> None:
    before = order.payment_status
    order.payment_status = PaymentStatus(status)
    order.paid_total = paid
    order.refunded_total = refunded
    order.updated_at = now
    order.save(update_fields=["payment_status", "paid_total", "refunded_total", "updated_at"])
    timeline.record(
        subject_type="order",
        subject_key=order.key,
        thread_type="order",
        thread_key=order.key,
        kind="order.payment_status",
        message=f"Payment is {order.payment_status.label.lower()}:"
        f" {format_money(paid, order.currency)} of"
        f" {format_money(order.grand_total, order.currency)} received",
        actor=actor,
        now=now,
        data={"from": before, "to": status},
    )
    publish(
        OrderPaymentChanged(
            order_id=order.pk, payment_status=status, paid_total=paid, refunded_total=refunded
        )
    )


@transaction.atomic
def record_fulfillment(
    *,
    order_id: int,
    fulfillment_status: str,
    shipped: Mapping[int, int],
    actor: Actor,
    now: datetime,
) -> Order:
    """Copy how far the parcels of an order have come; `shipped` adds units to lines."""
    order = lock_order(order_id=order_id)
    _add_shipped(order, shipped)
    if fulfillment_status == order.fulfillment_status:
        return order
    before = order.fulfillment_status
    order.fulfillment_status = FulfillmentStatus(fulfillment_status)
    order.updated_at = now
    order.save(update_fields=["fulfillment_status", "updated_at"])
    timeline.record(
        subject_type="order",
        subject_key=order.key,
        thread_type="order",
        thread_key=order.key,
        kind="order.fulfillment_status",
        message=f"Goods are {order.fulfillment_status.label.lower()}",
        actor=actor,
        now=now,
        data={"from": before, "to": fulfillment_status},
    )
    publish(OrderFulfillmentChanged(order_id=order.pk, fulfillment_status=fulfillment_status))
    return order


def _add_shipped(order: Order, shipped: Mapping[int, int]) -> None:
    if not shipped:
        return
    for line in OrderLine.objects.filter(order_id=order.pk, pk__in=shipped).order_by("pk"):
        line.shipped_quantity += shipped[line.pk]
        line.save(update_fields=["shipped_quantity"])
