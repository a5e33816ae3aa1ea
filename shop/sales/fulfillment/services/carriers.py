"""What carriers tell us: each message is stored first, then handled once, in any order."""

from datetime import datetime

from django.db import transaction

from shop.core import inbox, jobs
from shop.core.actors import SYSTEM, Actor
from shop.sales.fulfillment import tracking
from shop.sales.fulfillment.models import Shipment, ShipmentEvent
from shop.sales.fulfillment.services.movement import lock_shipment, note
from shop.sales.fulfillment.services.parcels import (
    DELAYED,
    UNDER_WAY,
    mark_delivered,
    mark_out_for_delivery,
    note_delay,
)
from shop.sales.fulfillment.workflows import SHIPMENT_WORKFLOW

INBOX_SOURCE = "carriers."
HANDLER = "shop.sales.fulfillment.tasks.handle_carrier_notice"
_STEPS = {"out_for_delivery": "out_for_delivery", "delivered": "deliver"}


@transaction.atomic
def receive_carrier_notice(
    *, source: str, external_id: str, body: str, headers: dict[str, str], now: datetime
) -> bool:
    """Keep a verified message of a carrier, and have it handled after commit."""
    receipt = inbox.receive(
        source=INBOX_SOURCE + source,
        external_id=external_id,
        body=body,
        headers=headers,
        now=now,
    )
    jobs.enqueue(HANDLER, receipt.id)
    return receipt.is_new


@transaction.atomic
def record_carrier_event(*, inbox_id: int, now: datetime) -> str:
    """Carry a carrier's message to the parcel it is about; telling it again changes nothing."""
    message = inbox.lock(inbox_id)
    if message is None:
        return "handled before"
    notice = tracking.read(message.body)
    found = (
        Shipment.objects.filter(
            carrier__code=notice.carrier, tracking_number=notice.tracking_number
        )
        .exclude(tracking_number="")
        .values_list("pk", flat=True)
        .first()
    )
    external_id = f"{message.source}:{message.external_id}"[:120]
    if found is None:
        result = "unknown parcel"
    elif ShipmentEvent.objects.filter(external_id=external_id).exists():
        result = "told before"
    else:
        result = _apply(found, notice, external_id, now)
    inbox.finish(message, result=result, now=now)
    return result


def _apply(
    shipment_id: int, notice: tracking.CarrierNotice, external_id: str, now: datetime
) -> str:
    _, shipment = lock_shipment(shipment_id=shipment_id)
    actor = Actor(kind=SYSTEM, label=f"Carrier {notice.carrier}", channel="webhook")
    if notice.status == DELAYED and shipment.state in UNDER_WAY:
        note_delay(
            shipment_id=shipment_id,
            message=notice.message,
            actor=actor,
            now=now,
            external_id=external_id,
        )
        return notice.status
    step = _STEPS.get(notice.status, "")
    if not SHIPMENT_WORKFLOW.allows(shipment.state, step):
        note(shipment, notice.status[:16], notice.message or notice.status, now, external_id)
        return "noted"
    if step == "deliver":
        mark_delivered(shipment_id=shipment_id, actor=actor, now=now, external_id=external_id)
    else:
        mark_out_for_delivery(
            shipment_id=shipment_id, actor=actor, now=now, external_id=external_id
        )
    return notice.status
