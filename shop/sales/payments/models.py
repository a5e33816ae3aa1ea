"""Rows of payments, their ledger and refunds."""

from decimal import Decimal

from django.db import models

from shop.core.keys import KeyField
from shop.core.money import AmountField, CurrencyField
from shop.core.rows import HotRow

ZERO = Decimal(0)


class PaymentState(models.TextChoices):
    PENDING = "PENDING", "Pending"
    AUTHORIZED = "AUTHORIZED", "Authorised"
    PAID = "PAID", "Paid"
    FAILED = "FAILED", "Failed"
    CANCELLED = "CANCELLED", "Cancelled"
    REFUNDED = "REFUNDED", "Refunded"
    PART_REFUNDED = "PART_REFUNDED", "Part-refunded"


class Payment(HotRow):
    """One attempt to collect an amount for an order."""

    key = KeyField()
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="payments")
    method = models.CharField(max_length=20)
    gateway = models.CharField(max_length=20, blank=True, default="")
    state = models.CharField(
        max_length=13, choices=PaymentState.choices, default=PaymentState.PENDING
    )
    amount = AmountField()
    currency = CurrencyField()
    captured_amount = AmountField(default=ZERO)
    refunded_amount = AmountField(default=ZERO)
    reference = models.CharField(max_length=100, blank=True, default="")
    redirect_url = models.CharField(max_length=500, blank=True, default="")
    is_surplus = models.BooleanField(
        default=False, help_text="Money that the order does not need: refund it."
    )
    surplus_reason = models.CharField(max_length=200, blank=True, default="")
    accepted_at = models.DateTimeField(null=True, blank=True)
    authorized_at = models.DateTimeField(null=True, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure_code = models.CharField(max_length=60, blank=True, default="")
    failure_message = models.CharField(max_length=300, blank=True, default="")
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "reference"],
                condition=~models.Q(reference=""),
                name="payment_reference_is_unique_per_gateway",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="payment_amount_is_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(refunded_amount__gte=0)
                & models.Q(refunded_amount__lte=models.F("captured_amount")),
                name="no_more_is_refunded_than_captured",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state__in=["PENDING", "FAILED"]),
                name="open_payments_by_expiry",
            ),
        ]
        permissions = [
            ("confirm_cash", "Can confirm that cash was received"),
            ("refund_payment", "Can refund a payment"),
            ("view_payment_reference", "Can see the gateway's reference of a payment"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.amount} {self.currency}"

    @property
    def refundable_amount(self) -> Decimal:
        """What came in and has not gone back."""
        return self.captured_amount - self.refunded_amount


class EntryKind(models.TextChoices):
    CHARGE = "CHARGE", "Charge"
    REFUND = "REFUND", "Refund"
    REVERSAL = "REVERSAL", "Reversal"


class PaymentEntry(models.Model):
    """One line of the payment ledger; never changed, never deleted."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    amount = AmountField()
    reference = models.CharField(max_length=100, blank=True, default="")
    occurred_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment", "kind", "reference"], name="ledger_entry_is_written_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class RefundState(models.TextChoices):
    PENDING = "PENDING", "Pending"
    DONE = "DONE", "Done"
    FAILED = "FAILED", "Failed"


class Refund(models.Model):
    """Money on its way back to the customer."""

    key = KeyField()
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = AmountField()
    reason = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=7, choices=RefundState.choices, default=RefundState.PENDING)
    reference = models.CharField(max_length=100, blank=True, default="")
    failure_message = models.CharField(max_length=300, blank=True, default="")
    requested_by = models.CharField(max_length=200, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="refund_amount_is_positive"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state="PENDING"),
                name="pending_refunds_by_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} back on {self.payment_id}"


class SimulatorDelivery(models.Model):
    """A webhook that the gateway simulator still has to send, or has sent."""

    reference = models.CharField(max_length=100)
    body = models.TextField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(sent_at__isnull=True),
                name="unsent_deliveries_by_time",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
