"""Jobs about parcels."""

from django.utils import timezone

from shop.core.actors import SYSTEM_ACTOR
from shop.sales.fulfillment import services
from shop.sales.fulfillment.exceptions import NothingToShip
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
