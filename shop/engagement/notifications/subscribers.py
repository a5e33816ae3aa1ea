"""Turns what happens to orders into messages; each handler only writes a row."""

import hashlib
from datetime import datetime
from typing import Any

from django.utils import timezone

from shop.core import gauges, health, jobs
from shop.core.events import subscribe
from shop.core.money import format_money
from shop.core.statements import Statement
from shop.engagement.notifications import services
from shop.engagement.notifications.order_facts import (
    order_facts,
    payment_method_name,
    tracking_url,
)
from shop.engagement.notifications.selectors import oldest_seconds, probe
from shop.sales.fulfillment.events import (
    ShipmentDelayed,
    ShipmentDelivered,
    ShipmentOutForDelivery,
    ShipmentShipped,
)
from shop.sales.fulfillment.models import Shipment
from shop.sales.orders.events import OrderCancelled, OrderPlaced
from shop.sales.orders.models import Order
from shop.sales.payments.events import PaymentChanged, RefundConfirmed
from shop.sales.payments.models import Payment, PaymentState, Refund

TRACK = "Track your order"
PLACED = Statement(lambda pk: Order.objects.filter(pk=pk))


def connect() -> None:
    """Listen, and offer the outbox to whoever drains and asks after health."""
    subscribe(OrderPlaced, order_placed)
    subscribe(OrderCancelled, order_cancelled)
    subscribe(PaymentChanged, payment_changed)
    subscribe(RefundConfirmed, refund_confirmed)
    subscribe(ShipmentShipped, shipped)
    subscribe(ShipmentOutForDelivery, out_for_delivery)
    subscribe(ShipmentDelayed, delayed)
    subscribe(ShipmentDelivered, delivered)
    jobs.register_drain("mail", services.drain)
    jobs.register_schedule("mail", services.DRAIN, minutes=1)
    health.register("mail", probe)
    gauges.register(
        "store_mail_oldest_seconds", "Age of the oldest mail that is due.", oldest_seconds
    )


def _tell(bought: Order, kind: str, dedupe_key: str, now: datetime, **context: Any) -> None:
    """Queue a mail to whoever bought, unless the order comes from the past."""
    if bought.is_history:
        return
    url = tracking_url(bought, now)
    services.send(
        kind=kind,
        recipient=bought.email,
        context={
            "number": bought.number,
            "first_name": bought.full_name.split(" ")[0],
            "action_url": url,
            "action_label": TRACK,
            **context,
        },
        dedupe_key=f"{kind}:{dedupe_key}",
        thread_type="order",
        thread_key=bought.key,
        now=now,
    )


def order_placed(event: OrderPlaced) -> None:
    """Confirm an order."""
    order = PLACED.get(pk=event.order_id)
    now = order.placed_at
    _tell(order, "order_placed", order.key, now, order=order_facts(order, now))


def order_cancelled(event: OrderCancelled) -> None:
    """Say that an order will not be carried out."""
    order = Order.objects.get(pk=event.order_id)
    now = order.cancelled_at or timezone.now()
    _tell(
        order,
        "order_cancelled",
        order.key,
        now,
        order=order_facts(order, now),
        is_paid=order.paid_total > order.refunded_total,
    )


def payment_changed(event: PaymentChanged) -> None:
    """Say that a payment failed, and that it can be tried again."""
    if event.state != PaymentState.FAILED:
        return
    payment = Payment.objects.select_related("order").get(pk=event.payment_id)
    now = payment.failed_at or timezone.now()
    _tell(
        payment.order,
        "payment_failed",
        f"{payment.key}:{int(now.timestamp())}",
        now,
        amount=format_money(payment.amount, payment.currency),
        method=payment_method_name(payment.method),
        action_label="Pay again",
    )


def refund_confirmed(event: RefundConfirmed) -> None:
    """Say that money was sent back: how much, by which way and when."""
    refund = Refund.objects.select_related("payment__order").get(pk=event.refund_id)
    now = refund.confirmed_at or timezone.now()
    _tell(
        refund.payment.order,
        "refund",
        refund.key,
        now,
        amount=format_money(event.amount, event.currency),
        method=payment_method_name(refund.payment.method),
        refunded_at=now,
        reason=refund.reason,
    )


def _tell_of_shipment(shipment_id: int, kind: str, *, dedupe: str = "", **more: str) -> None:
    shipment = Shipment.objects.select_related("order", "carrier").get(pk=shipment_id)
    moments = {"shipped": shipment.shipped_at, "delivered": shipment.delivered_at}
    now = moments.get(kind) or shipment.updated_at
    carrier = shipment.carrier
    link = carrier.tracking_link(shipment.tracking_number) if carrier else ""
    _tell(
        shipment.order,
        kind,
        f"{shipment.key}{dedupe}",
        now,
        shipment_number=shipment.number,
        carrier=carrier.name if carrier else "",
        tracking_number=shipment.tracking_number,
        carrier_url=link,
        at=now,
        contents=[
            (line.quantity, line.order_line.title, line.order_line.variant_title)
            for line in shipment.lines.select_related("order_line").order_by("pk")
        ],
        **more,
    )


def shipped(event: ShipmentShipped) -> None:
    """Say that a parcel is on its way; each parcel has its own message."""
    _tell_of_shipment(event.shipment_id, "shipped")


def out_for_delivery(event: ShipmentOutForDelivery) -> None:
    """Say that a parcel comes today."""
    _tell_of_shipment(event.shipment_id, "out_for_delivery")


def delayed(event: ShipmentDelayed) -> None:
    """Say that a parcel comes later; carriers repeat themselves, so the same words go out once."""
    words = hashlib.blake2b(event.reason.encode(), digest_size=8).hexdigest()
    _tell_of_shipment(event.shipment_id, "delayed", dedupe=f":{words}", reason=event.reason)


def delivered(event: ShipmentDelivered) -> None:
    """Say that a parcel has arrived."""
    _tell_of_shipment(event.shipment_id, "delivered")
