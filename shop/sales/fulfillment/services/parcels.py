"""Parcels from the shelf to the door."""

from collections import defaultdict
from datetime import datetime

from django.db import IntegrityError, transaction

from shop.core import timeline
from shop.core.actors import Actor
from shop.core.events import publish
from shop.goods.inventory import services as inventory
from shop.goods.inventory.data import ConsumedPart
from shop.sales.fulfillment.events import (
    ShipmentDelayed,
    ShipmentDelivered,
    ShipmentOutForDelivery,
    ShipmentPacked,
    ShipmentShipped,
)
from shop.sales.fulfillment.exceptions import NothingToShip, NotUnderWay, TrackingRefused
from shop.sales.fulfillment.models import Carrier, Shipment, ShipmentLine, ShipmentState
from shop.sales.fulfillment.services.movement import lock_shipment, move, note, tell_order
from shop.sales.fulfillment.workflows import SHIPMENT_WORKFLOW
from shop.sales.orders import services as orders
from shop.sales.orders.exceptions import OrderNotActivated
from shop.sales.orders.models import Order, OrderAllocation, OrderStatus

LONGEST_TRACKING_NUMBER = 60
LONGEST_REASON = 200
DELAYED = "delayed"
UNDER_WAY = (ShipmentState.SHIPPED, ShipmentState.OUT_FOR_DELIVERY)


@transaction.atomic
def create_shipments(*, order_id: int, actor: Actor, now: datetime) -> list[Shipment]:
    """Plan one parcel for each place that serves an order, which must be activated.

    Asked again, it answers the parcels that were planned before.
    """
    order = orders.lock_order(order_id=order_id)
    if order.status != OrderStatus.ACTIVATED:
        raise OrderNotActivated("The order must be activated before anything is shipped.")
    by_location: dict[int, list[OrderAllocation]] = defaultdict(list)
    for allocation in _unplanned(order):
        by_location[allocation.location_id].append(allocation)
    planned = list(Shipment.objects.filter(order_id=order.pk).order_by("pk"))
    if not by_location:
        live = [parcel for parcel in planned if parcel.state != ShipmentState.CANCELLED]
        if not live:
            raise NothingToShip("No goods of this order wait for a parcel.")
        return live
    return [
        _plan(order, location_id, allocations, len(planned) + index, actor, now)
        for index, (location_id, allocations) in enumerate(sorted(by_location.items()), start=1)
    ]


def _unplanned(order: Order) -> list[OrderAllocation]:
    """What is allocated to the order and lies in no parcel that will leave."""
    planned = (
        ShipmentLine.objects.filter(shipment__order_id=order.pk)
        .exclude(shipment__state=ShipmentState.CANCELLED)
        .values("allocation_id")
    )
    allocations = OrderAllocation.objects.filter(line__order_id=order.pk)
    return list(allocations.exclude(pk__in=planned).order_by("pk"))


def _plan(
    order: Order,
    location_id: int,
    allocations: list[OrderAllocation],
    position: int,
    actor: Actor,
    now: datetime,
) -> Shipment:
    shipment = Shipment.objects.create(
        number=f"{order.number}-{position}",
        order=order,
        location_id=location_id,
        created_at=now,
        updated_at=now,
    )
    ShipmentLine.objects.bulk_create(
        [
            ShipmentLine(
                shipment=shipment,
                order_line_id=allocation.line_id,
                allocation=allocation,
                quantity=allocation.quantity,
            )
            for allocation in allocations
        ]
    )
    timeline.record(
        subject_type="shipment",
        subject_key=shipment.key,
        thread_type="order",
        thread_key=order.key,
        kind="shipment.planned",
        message=f"Parcel {shipment.number} planned",
        actor=actor,
        now=now,
    )
    return shipment


@transaction.atomic
def mark_packed(*, shipment_id: int, actor: Actor, now: datetime) -> Shipment:
    """Close a parcel; from now on the customer cannot cancel any more."""
    order, shipment = lock_shipment(shipment_id=shipment_id)
    shipment.packed_at = now
    move(shipment, order, "pack", f"Parcel {shipment.number} packed", actor, now)
    tell_order(order, actor, now)
    publish(ShipmentPacked(shipment_id=shipment.pk, order_id=order.pk))
    return shipment


@transaction.atomic
def mark_shipped(
    *, shipment_id: int, carrier_code: str, tracking_number: str, actor: Actor, now: datetime
) -> Shipment:
    """Hand a parcel to its carrier; its goods leave the stock."""
    order, shipment = lock_shipment(shipment_id=shipment_id)
    SHIPMENT_WORKFLOW.target(shipment.state, "ship")
    _set_tracking(shipment, carrier_code, tracking_number)
    shipment.packed_at = shipment.packed_at or now
    shipment.shipped_at = now
    _move_with_free_tracking(order, shipment, actor, now)
    tell_order(order, actor, now, shipped=_take_from_stock(order, shipment, actor, now))
    publish(ShipmentShipped(shipment_id=shipment.pk, order_id=order.pk))
    return shipment


def _set_tracking(shipment: Shipment, carrier_code: str, tracking_number: str) -> None:
    number = tracking_number.strip()
    if len(number) > LONGEST_TRACKING_NUMBER or not (number.isascii() and number.isprintable()):
        raise TrackingRefused("The tracking number is not usable.")
    carrier = Carrier.objects.filter(code=carrier_code, is_active=True).first()
    if carrier is None:
        raise TrackingRefused("Choose one of the carriers.")
    shipment.carrier = carrier
    shipment.tracking_number = number


def _move_with_free_tracking(order: Order, shipment: Shipment, actor: Actor, now: datetime) -> None:
    carrier = shipment.carrier.name if shipment.carrier else ""
    message = f"Parcel {shipment.number} handed to {carrier}"
    if shipment.tracking_number:
        message += f", tracking number {shipment.tracking_number}"
    try:
        with transaction.atomic():
            move(shipment, order, "ship", message, actor, now)
    except IntegrityError as problem:
        raise TrackingRefused("This tracking number is in use already.") from problem


def _take_from_stock(
    order: Order, shipment: Shipment, actor: Actor, now: datetime
) -> dict[int, int]:
    """Book the goods of a parcel out, and answer the units per order line."""
    lines = list(shipment.lines.select_related("allocation").order_by("pk"))
    inventory.consume_parts(
        parts=[
            ConsumedPart(line.allocation.reservation_id, line.quantity)
            for line in lines
            if line.allocation is not None
        ],
        reference=order.number,
        actor=actor,
        now=now,
    )
    shipped: dict[int, int] = defaultdict(int)
    for line in lines:
        shipped[line.order_line_id] += line.quantity
    return dict(shipped)


@transaction.atomic
def mark_out_for_delivery(
    *, shipment_id: int, actor: Actor, now: datetime, external_id: str = ""
) -> Shipment:
    """Note that a parcel is on its last mile."""
    order, shipment = lock_shipment(shipment_id=shipment_id)
    message = f"Parcel {shipment.number} is out for delivery"
    move(shipment, order, "out_for_delivery", message, actor, now, external_id)
    tell_order(order, actor, now)
    publish(ShipmentOutForDelivery(shipment_id=shipment.pk, order_id=order.pk))
    return shipment


@transaction.atomic
def note_delay(
    *, shipment_id: int, message: str, actor: Actor, now: datetime, external_id: str = ""
) -> Shipment:
    """Note that a parcel under way comes later than promised."""
    order, shipment = lock_shipment(shipment_id=shipment_id)
    if shipment.state not in UNDER_WAY:
        raise NotUnderWay
    reason = message.strip()[:LONGEST_REASON]
    note(shipment, DELAYED, reason or DELAYED, now, external_id)
    timeline.record(
        subject_type="shipment",
        subject_key=shipment.key,
        thread_type="order",
        thread_key=order.key,
        kind="shipment.delayed",
        message=f"Parcel {shipment.number} is delayed" + (f": {reason}" if reason else ""),
        actor=actor,
        now=now,
    )
    publish(ShipmentDelayed(shipment_id=shipment.pk, order_id=order.pk, reason=reason))
    return shipment


@transaction.atomic
def mark_delivered(
    *, shipment_id: int, actor: Actor, now: datetime, external_id: str = ""
) -> Shipment:
    """Note that the customer has the parcel."""
    order, shipment = lock_shipment(shipment_id=shipment_id)
    shipment.delivered_at = now
    message = f"Parcel {shipment.number} delivered"
    move(shipment, order, "deliver", message, actor, now, external_id)
    tell_order(order, actor, now)
    publish(ShipmentDelivered(shipment_id=shipment.pk, order_id=order.pk))
    return shipment


@transaction.atomic
def cancel_shipments(*, order_id: int, actor: Actor, now: datetime) -> int:
    """Give up the parcels of an order that have not left."""
    order = orders.lock_order(order_id=order_id)
    waiting = (
        Shipment.objects.select_for_update()
        .filter(order_id=order.pk, state__in=[ShipmentState.PENDING, ShipmentState.PACKED])
        .order_by("pk")
    )
    parcels = list(waiting)
    for parcel in parcels:
        move(parcel, order, "cancel", f"Parcel {parcel.number} cancelled", actor, now)
    return len(parcels)
