"""Cancelling an order: goods back on sale, parcels given up, money on its way back."""

from datetime import datetime

from django.db import transaction

from shop.core.actors import SYSTEM_ACTOR, Actor
from shop.sales.amendments import reasons
from shop.sales.amendments.exceptions import ReasonMissing, TooLateToCancel
from shop.sales.fulfillment import services as fulfillment
from shop.sales.fulfillment.models import Shipment, ShipmentState
from shop.sales.orders import services as orders
from shop.sales.orders.models import Order, OrderStatus
from shop.sales.orders.workflows import ORDER_WORKFLOW
from shop.sales.payments import selectors as payment_selectors
from shop.sales.payments import services as payments

LONGEST_NOTE = 500


@transaction.atomic
def cancel_order(*, order_id: int, reason: str, note: str, actor: Actor, now: datetime) -> Order:
    """Call off a whole order while nothing of it is packed; what was paid goes back."""
    if reason not in reasons.LABELS:
        raise ReasonMissing
    order = orders.lock_order(order_id=order_id)
    ORDER_WORKFLOW.target(order.status, "cancel")
    in_hands = Shipment.objects.filter(order_id=order.pk).exclude(
        state__in=[ShipmentState.PENDING, ShipmentState.CANCELLED]
    )
    if in_hands.exists():
        raise TooLateToCancel
    payments.cancel_open_payments(
        order_id=order.pk, reason="the order was cancelled", actor=actor, now=now
    )
    payments.refund_everything(
        order_id=order.pk, reason=reasons.LABELS[reason], actor=actor, now=now
    )
    fulfillment.cancel_shipments(order_id=order.pk, actor=actor, now=now)
    words = reasons.LABELS[reason] + (f". {note[:LONGEST_NOTE]}" if note else "")
    return orders.mark_cancelled(order_id=order.pk, reason=reason, note=words, actor=actor, now=now)


@transaction.atomic
def cancel_if_unpaid(*, order_id: int, now: datetime) -> bool:
    """Call off a draft order whose payment never came; a payment that came just now wins."""
    order = orders.lock_order(order_id=order_id)
    still_due = order_id in payment_selectors.orders_unpaid_too_long(now, order_ids=[order_id])
    if order.status != OrderStatus.DRAFT or not still_due:
        return False
    cancel_order(order_id=order_id, reason="NOT_PAID", note="", actor=SYSTEM_ACTOR, now=now)
    return True
