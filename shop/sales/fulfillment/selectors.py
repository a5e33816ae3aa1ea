"""Questions about parcels."""

from django.db.models import QuerySet

from shop.sales.fulfillment.models import Carrier, Shipment


def shipments_of(order_id: int) -> QuerySet[Shipment]:
    """The parcels of an order with their carrier and place, the oldest first."""
    return (
        Shipment.objects.filter(order_id=order_id)
        .select_related("carrier", "location")
        .prefetch_related("lines__order_line", "events")
        .order_by("pk")
    )


def carriers() -> QuerySet[Carrier]:
    """The carriers that may be chosen."""
    return Carrier.objects.filter(is_active=True).order_by("name")


def find_orders_by_tracking(text: str) -> list[int]:
    """Orders that have a parcel with this tracking number."""
    found = Shipment.objects.filter(tracking_number=text)
    return list(found.values_list("order_id", flat=True).distinct()[:50])
