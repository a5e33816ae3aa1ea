"""Rows of the checkout."""

from django.db import models

from shop.core.keys import KeyField
from shop.core.rows import HotRow


class CheckoutState(models.TextChoices):
    OPEN = "OPEN", "Open"
    ORDERED = "ORDERED", "Ordered"
    EXPIRED = "EXPIRED", "Expired"


class Checkout(HotRow):
    """One visit to the till: while it is open, the goods of the cart are reserved under its key."""

    key = KeyField()
    cart = models.ForeignKey("cart.Cart", models.CASCADE, related_name="checkouts")
    state = models.CharField(
        max_length=8, choices=CheckoutState.choices, default=CheckoutState.OPEN
    )
    expires_at = models.DateTimeField()
    order_number = models.CharField(max_length=32, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cart"], condition=models.Q(state="OPEN"), name="one_open_checkout_per_cart"
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state="OPEN"),
                name="open_checkouts_by_expiry",
            ),
        ]

    def __str__(self) -> str:
        return self.key
