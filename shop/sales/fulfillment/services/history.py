"""Parcels from before, written in bulk: no stock moves, no mail goes out, no order is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from shop.core.keys import new_key
from shop.sales.fulfillment.models import (
    Shipment,
    ShipmentEvent,
    ShipmentLine,
    ShipmentState,
)

BATCH = 500


@dataclass(frozen=True)
class PastParcel:
    """A parcel that arrived: from where, by whom, when, and how much of which order lines."""

    order_id: int
    number: str
    location_id: int
    carrier_id: int
    tracking_number: str
    packed_at: datetime
    shipped_at: datetime
    delivered_at: datetime
    quantities: Mapping[int, int] = field(default_factory=dict)


@transaction.atomic
def record_past_parcels(*, parcels: Sequence[PastParcel], now: datetime) -> int:
    """Write parcels of orders from before with their lines and the carrier's messages."""
    rows = Shipment.objects.bulk_create([_row(past, now) for past in parcels], batch_size=BATCH)
    pairs = list(zip(rows, parcels, strict=True))
    ShipmentLine.objects.bulk_create(
        [
            ShipmentLine(shipment=row, order_line_id=line_id, quantity=quantity)
            for row, past in pairs
            for line_id, quantity in past.quantities.items()
        ],
        batch_size=BATCH,
    )
    ShipmentEvent.objects.bulk_create(
        [event for row, past in pairs for event in _events(row, past)], batch_size=BATCH
    )
    return len(rows)


def _row(past: PastParcel, now: datetime) -> Shipment:
    return Shipment(
        key=new_key(),
        number=past.number,
        order_id=past.order_id,
        location_id=past.location_id,
        carrier_id=past.carrier_id,
        tracking_number=past.tracking_number,
        state=ShipmentState.DELIVERED,
        packed_at=past.packed_at,
        shipped_at=past.shipped_at,
        delivered_at=past.delivered_at,
        created_at=past.packed_at,
        updated_at=now,
    )


def _events(row: Shipment, past: PastParcel) -> list[ShipmentEvent]:
    told = (
        (ShipmentState.PACKED, "Packed", past.packed_at),
        (ShipmentState.SHIPPED, "Handed to the carrier", past.shipped_at),
        (ShipmentState.DELIVERED, "Delivered", past.delivered_at),
    )
    return [
        ShipmentEvent(
            shipment=row,
            status=status,
            message=message,
            occurred_at=moment,
            external_id=f"own:{new_key()}",
        )
        for status, message, moment in told
    ]
