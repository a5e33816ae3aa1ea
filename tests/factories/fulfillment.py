"""Carriers and parcels."""

from datetime import UTC, datetime

import factory

from shop.core.actors import SYSTEM_ACTOR
from shop.sales.fulfillment import services
from shop.sales.fulfillment.models import Carrier, Shipment

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


class CarrierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Carrier
        django_get_or_create = ("code",)

    code = "bluebird"
    name = "Bluebird Express"
    tracking_url = "https://carrier.example/track/{number}"


def planned_shipment(order, *, now=NOW) -> Shipment:
    """The first parcel of a binding order."""
    return services.create_shipments(order_id=order.pk, actor=SYSTEM_ACTOR, now=now)[0]


def shipped_shipment(order, *, tracking_number="BB1", now=NOW) -> Shipment:
    """The first parcel of a binding order, handed to its carrier."""
    CarrierFactory()
    return services.mark_shipped(
        shipment_id=planned_shipment(order, now=now).pk,
        carrier_code="bluebird",
        tracking_number=tracking_number,
        actor=SYSTEM_ACTOR,
        now=now,
    )
