"""The steps that every change of a parcel shares: lock, move, note, tell the order."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Sum

from shop.core import timeline
from shop.core.actors import Actor
from shop.core.keys import new_key
from shop.sales.fulfillment.derivation import derive
from shop.sales.fulfillment.exceptions import ShipmentNotFound
from shop.sales.fulfillment.models import Shipment, ShipmentEvent, ShipmentState
from shop.sales.fulfillment.workflows import SHIPMENT_WORKFLOW
from shop.sales.orders import services as orders
from shop.sales.orders.models import LineKind, Order, OrderLine


def lock_shipment(*, shipment_id: int) -> tuple[Order, Shipment]:
    """Lock a parcel, its order first, as everybody does."""
    order_id = Shipment.objects.filter(pk=shipment_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise ShipmentNotFound
    order = orders.lock_order(order_id=order_id)
    return order, Shipment.objects.select_for_update().get(pk=shipment_id)


def move(
    shipment: Shipment,
    order: Order,
    step: str,
    message: str,
    actor: Actor,
    now: datetime,
    external_id: str = "",
) -> None:
    """Take a parcel one step along its table, with an entry in the order's story."""
    before = shipment.state
    shipment.state = ShipmentState(SHIPMENT_WORKFLOW.target(before, step))
    shipment.updated_at = now
    shipment.save()
    note(shipment, str(shipment.state), message, now, external_id)
    timeline.record(
        subject_type="shipment",
        subject_key=shipment.key,
        thread_type="order",
        thread_key=order.key,
        kind=f"shipment.{shipment.state.lower()}",
        message=message,
        actor=actor,
        now=now,
        data={"from": before, "to": str(shipment.state), "number": shipment.number},
    )


def note(
    shipment: Shipment, status: str, message: str, now: datetime, external_id: str = ""
) -> None:
    """Add a line to the parcel's own history."""
    ShipmentEvent.objects.create(
        shipment=shipment,
        status=status,
        message=message[:300],
        occurred_at=now,
        external_id=external_id or f"own:{new_key()}",
    )


def tell_order(
    order: Order, actor: Actor, now: datetime, shipped: Mapping[int, int] | None = None
) -> None:
    """Tell the order how far its goods have come."""
    added = dict(shipped or {})
    goods = OrderLine.objects.filter(order_id=order.pk, kind=LineKind.GOODS)
    units = goods.aggregate(ordered=Sum("quantity"), shipped=Sum("shipped_quantity"))
    states = Shipment.objects.filter(order_id=order.pk).values_list("state", flat=True)
    orders.record_fulfillment(
        order_id=order.pk,
        fulfillment_status=derive(
            states=list(states),
            units_ordered=units["ordered"] or 0,
            units_shipped=(units["shipped"] or 0) + sum(added.values()),
        ),
        shipped=added,
        actor=actor,
        now=now,
    )
