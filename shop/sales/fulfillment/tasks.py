"""Jobs about parcels."""

from datetime import datetime

from django.utils import timezone

from shop.core import inbox
from shop.core.actors import SYSTEM_ACTOR
from shop.sales.fulfillment import selectors, services, tracking
from shop.sales.fulfillment.exceptions import NothingToShip
from shop.sales.fulfillment.services.carriers import INBOX_SOURCE
from shop.sales.orders.exceptions import OrderNotActivated


def handle_carrier_notice(inbox_id: int) -> None:
    """Handle one stored message of a carrier."""
    services.record_carrier_event(inbox_id=inbox_id, now=timezone.now())


def plan_parcels(order_id: int) -> None:
    """Plan the parcels of an order that has become binding, unless that was done or undone."""
    try:
        services.create_shipments(order_id=order_id, actor=SYSTEM_ACTOR, now=timezone.now())
    except (NothingToShip, OrderNotActivated):
        return


def handle_waiting_notices(now: datetime) -> int:
    """Handle the messages of carriers that a lost wake-up left behind."""
    waiting = inbox.waiting(INBOX_SOURCE + tracking.SOURCE)
    for inbox_id in waiting:
        services.record_carrier_event(inbox_id=inbox_id, now=now)
    return len(waiting)


def plan_forgotten_parcels(now: datetime) -> int:
    """Plan the parcels of binding orders for which a lost wake-up left none."""
    forgotten = selectors.orders_without_parcels(now)
    for order_id in forgotten:
        plan_parcels(order_id)
    return len(forgotten)
