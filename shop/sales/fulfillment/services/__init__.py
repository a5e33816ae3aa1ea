"""What can be done with parcels; each verb is one transaction."""

from shop.sales.fulfillment.services.carriers import receive_carrier_notice, record_carrier_event
from shop.sales.fulfillment.services.history import record_past_parcels
from shop.sales.fulfillment.services.parcels import (
    cancel_shipments,
    create_shipments,
    mark_delivered,
    mark_out_for_delivery,
    mark_packed,
    mark_shipped,
    note_delay,
)

__all__ = [
    "cancel_shipments",
    "create_shipments",
    "mark_delivered",
    "mark_out_for_delivery",
    "mark_packed",
    "mark_shipped",
    "note_delay",
    "receive_carrier_notice",
    "record_carrier_event",
    "record_past_parcels",
]
