"""Questions about parcels."""

from datetime import datetime, timedelta

from django.db.models import QuerySet, prefetch_related_objects

from shop.core.statements import Statement
from shop.sales.fulfillment.models import Carrier, Shipment
from shop.sales.orders.models import Order, OrderStatus


def shipments_of(order_id: int) -> QuerySet[Shipment]:
    """The parcels of an order with their carrier and place, the oldest first."""
    return (
        Shipment.objects.filter(order_id=order_id)
        .select_related("carrier", "location")
        .prefetch_related("lines__order_line", "events")
        .order_by("pk")
    )


PARCELS = Statement(
    lambda order_id: (
        Shipment.objects.filter(order_id=order_id)
        .select_related("carrier", "location")
        .order_by("pk")
    )
)


def parcels_of(order_id: int) -> list[Shipment]:
    """The same as rows: most orders that are looked at have none yet."""
    parcels = PARCELS.all(order_id=order_id)
    prefetch_related_objects(parcels, "lines__order_line", "events")
    return parcels


def carriers() -> QuerySet[Carrier]:
    """The carriers that may be chosen."""
    return Carrier.objects.filter(is_active=True).order_by("name")


def find_orders_by_tracking(text: str) -> list[int]:
    """Orders that have a parcel with this tracking number."""
    found = Shipment.objects.filter(tracking_number=text)
    return list(found.values_list("order_id", flat=True).distinct()[:50])


def orders_without_parcels(now: datetime, limit: int = 200) -> list[int]:
    """Binding orders whose parcels should have been planned by now, and were not."""
    waiting = Order.objects.filter(
        status=OrderStatus.ACTIVATED,
        is_history=False,
        activated_at__lt=now - timedelta(minutes=1),
        activated_at__gt=now - timedelta(days=2),
        shipments__isnull=True,
        lines__allocations__isnull=False,
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True).distinct()[:limit])
