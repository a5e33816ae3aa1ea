"""Rows of shipments."""

from django.db import models

from shop.core.keys import KeyField


class Carrier(models.Model):
    """A parcel service; `{number}` in its address is replaced by the tracking number."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    tracking_url = models.CharField(max_length=300, blank=True, default="")
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name

    def tracking_link(self, number: str) -> str:
        """Where the carrier shows this parcel, or nothing."""
        return self.tracking_url.replace("{number}", number) if self.tracking_url else ""


class ShipmentState(models.TextChoices):
    PENDING = "PENDING", "Pending"
    PACKED = "PACKED", "Packed"
    SHIPPED = "SHIPPED", "Shipped"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY", "Out for delivery"
    DELIVERED = "DELIVERED", "Delivered"
    CANCELLED = "CANCELLED", "Cancelled"


class Shipment(models.Model):
    """One parcel from one place."""

    key = KeyField()
    number = models.CharField(max_length=40, unique=True)
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="shipments")
    location = models.ForeignKey("organization.Location", models.PROTECT, related_name="shipments")
    carrier = models.ForeignKey(
        Carrier, models.PROTECT, null=True, blank=True, related_name="shipments"
    )
    tracking_number = models.CharField(max_length=60, blank=True, default="")
    state = models.CharField(
        max_length=16, choices=ShipmentState.choices, default=ShipmentState.PENDING
    )
    packed_at = models.DateTimeField(null=True, blank=True)
    shipped_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "tracking_number"],
                condition=~models.Q(tracking_number=""),
                name="tracking_number_is_unique_per_carrier",
            ),
        ]
        indexes = [
            models.Index(fields=["tracking_number"], name="shipments_by_tracking_number"),
            models.Index(fields=["state", "created_at"], name="shipments_by_state"),
        ]
        permissions = [
            ("pack_shipment", "Can pack a shipment"),
            ("ship_shipment", "Can hand a shipment to a carrier"),
        ]

    def __str__(self) -> str:
        return self.number


class ShipmentLine(models.Model):
    """How much of an order line lies in this parcel, and which stock it was taken from."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(
        "orders.OrderLine", models.PROTECT, related_name="shipment_lines"
    )
    allocation = models.ForeignKey(
        "orders.OrderAllocation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="shipment_lines",
    )
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="shipment_line_has_at_least_one_unit"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.order_line_id}"


class ShipmentEvent(models.Model):
    """One message about a parcel, ours or the carrier's."""

    shipment = models.ForeignKey(Shipment, models.CASCADE, related_name="events")
    status = models.CharField(max_length=16, blank=True, default="")
    message = models.CharField(max_length=300, blank=True, default="")
    occurred_at = models.DateTimeField()
    external_id = models.CharField(max_length=120, unique=True)

    def __str__(self) -> str:
        return f"{self.status} {self.occurred_at:%Y-%m-%d %H:%M}"
