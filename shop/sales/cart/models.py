"""Rows of a cart."""

from django.db import models

from shop.core.keys import KeyField
from shop.core.money import AmountField, CurrencyField
from shop.core.rows import HotRow


class CartState(models.TextChoices):
    OPEN = "OPEN", "Open"
    ORDERED = "ORDERED", "Ordered"
    MERGED = "MERGED", "Merged into another cart"
    EXPIRED = "EXPIRED", "Expired"


class Cart(HotRow):
    """What one visitor has put aside; a guest's cart has no customer and is reached by its key."""

    key = KeyField()
    customer = models.ForeignKey(
        "customers.Customer", models.SET_NULL, null=True, blank=True, related_name="carts"
    )
    currency = CurrencyField()
    state = models.CharField(max_length=8, choices=CartState.choices, default=CartState.OPEN)
    channel = models.CharField(max_length=12, default="WEB", db_default="WEB")
    order_number = models.CharField(max_length=32, blank=True, default="")
    last_activity_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "currency"],
                condition=models.Q(state="OPEN", customer__isnull=False),
                name="one_open_cart_per_customer_and_currency",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "last_activity_at"], name="carts_by_state_and_activity"),
        ]

    def __str__(self) -> str:
        return self.key


class CartLine(HotRow):
    """So many units of one variant, and the price the visitor has seen for it."""

    key = KeyField()
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    variant = models.ForeignKey("catalog.Variant", models.CASCADE, related_name="cart_lines")
    quantity = models.PositiveIntegerField()
    seen_unit_price = AmountField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1), name="cart_line_has_at_least_one_unit"
            ),
            models.UniqueConstraint(
                fields=["cart", "variant"], name="one_line_per_cart_and_variant"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"
