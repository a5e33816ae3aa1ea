"""What happened to an order of the past, as its page tells it."""

from collections.abc import Sequence
from datetime import timedelta

from shop.core import timeline
from shop.core.actors import Actor
from shop.core.money import format_money
from shop.core.timeline import PastNote
from shop.sales.amendments.reasons import LABELS
from shop.sales.orders.models import Order


def tell_story(order_ids: Sequence[int], *, actor: Actor) -> None:
    """Write the timeline of orders that did not go through the till."""
    rows = Order.objects.filter(pk__in=order_ids).order_by("pk")
    timeline.record_past(notes=[note for order in rows for note in _notes(order)], actor=actor)


def _notes(order: Order) -> list[PastNote]:
    amount = format_money(order.grand_total, order.currency)
    told = [("order.placed", f"Order {order.number} placed: {amount}", order.placed_at)]
    if order.payment_status == "PAID" and order.activated_at:
        told.append(("payment.paid", f"Payment received: {amount}", order.activated_at))
    if order.activated_at:
        told.append(("order.activated", "Order activated", order.activated_at))
    if order.completed_at:
        last_mile = order.completed_at - timedelta(hours=3)
        told.append(("shipment.shipped", "Goods are shipped", order.placed_at + timedelta(days=1)))
        told.append(("shipment.delivered", "Goods are delivered", last_mile))
        told.append(("order.completed", "Order completed", order.completed_at))
    if order.cancelled_at:
        reason = LABELS.get(order.cancel_reason, "no reason given")
        told.append(("order.cancelled", f"Order cancelled: {reason}", order.cancelled_at))
    return [PastNote("order", order.key, kind, message, moment) for kind, message, moment in told]
