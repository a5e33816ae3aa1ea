"""What happened to an order of the past, as its page tells it."""

from collections.abc import Sequence

from shop.core import timeline
from shop.core.actors import Actor
from shop.core.money import format_money
from shop.core.timeline import PastNote
from shop.platform.operations.demo.aftermath import LAST_MILE, TRANSIT, paid_at, refunded_at
from shop.sales.amendments.reasons import LABELS
from shop.sales.orders.models import Order


def tell_story(order_ids: Sequence[int], *, actor: Actor) -> None:
    """Write the timeline of orders that did not go through the till."""
    rows = Order.objects.filter(pk__in=order_ids).order_by("pk")
    timeline.record_past(notes=[note for order in rows for note in _notes(order)], actor=actor)


def _notes(order: Order) -> list[PastNote]:
    amount = format_money(order.grand_total, order.currency)
    told = [("order.placed", f"Order {order.number} placed: {amount}", order.placed_at)]
    if moment := paid_at(order):
        told.append(("payment.paid", f"Payment received: {amount}", moment))
    if order.activated_at:
        told.append(("order.activated", "Order activated", order.activated_at))
    if order.completed_at:
        told.append(("shipment.shipped", "Goods are shipped", order.placed_at + TRANSIT))
        arrived = order.completed_at - LAST_MILE
        told.append(("shipment.delivered", "Goods are delivered", arrived))
        told.append(("order.completed", "Order completed", order.completed_at))
    if order.cancelled_at:
        reason = LABELS.get(order.cancel_reason, "no reason given")
        told.append(("order.cancelled", f"Order cancelled: {reason}", order.cancelled_at))
    if moment := refunded_at(order):
        back = format_money(order.refunded_total, order.currency)
        told.append(("payment.refunded", f"Paid back: {back}", moment))
    told.sort(key=lambda note: note[2])
    return [PastNote("order", order.key, kind, message, moment) for kind, message, moment in told]
