"""Stock per variant and location, its ledger, and what is promised to whom."""

from django.db import models
from django.db.models import F, Q

from shop.core.keys import KeyField
from shop.core.rows import HotRow
from shop.directory.organization.models import Location
from shop.goods.catalog.models import Variant


class StockItem(HotRow):
    key = KeyField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="stock_items")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="stock_items")
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    safety = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "location"], name="stock_item_once_per_location"
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0) & Q(on_hand__gte=F("reserved")),
                name="stock_reserved_within_on_hand",
            ),
        ]

    def __str__(self) -> str:
        return f"variant {self.variant_id} at location {self.location_id}"

    @property
    def sellable(self) -> int:
        """Units that may still be promised: neither reserved nor kept back as safety stock."""
        return max(self.on_hand - self.reserved - self.safety, 0)


class StockMovement(models.Model):
    """One line of the ledger. Rows are added, never changed."""

    class Kind(models.TextChoices):
        RECEIPT = "RECEIPT", "Receipt"
        SALE = "SALE", "Sale"
        RETURN = "RETURN", "Return"
        ADJUSTMENT = "ADJUSTMENT", "Adjustment"
        COUNT = "COUNT", "Count"
        IMPORT = "IMPORT", "Import"

    key = KeyField()
    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind)
    quantity = models.IntegerField()
    on_hand_after = models.IntegerField()
    reason = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=100, blank=True, db_index=True)
    actor_kind = models.CharField(max_length=20)
    actor_key = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(on_hand_after__gte=0), name="stock_movement_never_below_zero"
            ),
            models.CheckConstraint(condition=~Q(quantity=0), name="stock_movement_moves"),
        ]
        indexes = [
            models.Index(fields=["stock_item", "-created_at"], name="stock_movement_by_item"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+d}"


class Reservation(models.Model):
    class State(models.TextChoices):
        HELD = "HELD", "Held"
        ALLOCATED = "ALLOCATED", "Allocated"
        CONSUMED = "CONSUMED", "Consumed"
        RELEASED = "RELEASED", "Released"

    key = KeyField()
    stock_item = models.ForeignKey(StockItem, on_delete=models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    consumed_quantity = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    holder = models.CharField(max_length=60)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=1), name="reservation_quantity_positive"
            ),
            models.CheckConstraint(
                condition=Q(consumed_quantity__lte=F("quantity")),
                name="reservation_consumed_within_quantity",
            ),
        ]
        indexes = [
            models.Index(fields=["holder"], name="reservation_by_holder"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state="HELD"),
                name="reservation_held_by_expiry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.holder}"

    @property
    def open_quantity(self) -> int:
        """Units still held back for the holder."""
        if self.state in {self.State.CONSUMED, self.State.RELEASED}:
            return 0
        return self.quantity - self.consumed_quantity
