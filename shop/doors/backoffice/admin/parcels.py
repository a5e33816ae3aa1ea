"""Shipments: shown here, moved by buttons on the order."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from shop.doors.backoffice.base import ReadOnlyAdmin, ReadOnlyInline
from shop.doors.backoffice.words import state_column
from shop.sales.fulfillment.models import Shipment, ShipmentEvent, ShipmentLine


class ShipmentLineInline(ReadOnlyInline):
    """What is in the parcel."""

    model = ShipmentLine
    fields = ("order_line", "quantity")


class ShipmentEventInline(ReadOnlyInline):
    """What the carrier said."""

    model = ShipmentEvent
    fields = ("occurred_at", "status", "message")


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    """Every parcel."""

    state_badge = state_column("state", "State")
    list_display = (
        "number",
        "order_number",
        "location",
        "state_badge",
        "carrier",
        "tracking_number",
        "shipped_at",
    )
    list_filter = ("state", "location", "carrier")
    list_select_related = ("order", "location", "carrier")
    search_fields = ("number__startswith", "tracking_number", "order__number__startswith")
    ordering = ("-created_at", "-pk")
    inlines = (ShipmentLineInline, ShipmentEventInline)

    @display(description=_("Order"), ordering="order__number")
    def order_number(self, row: Shipment) -> str:
        """The order's number."""
        return row.order.number
