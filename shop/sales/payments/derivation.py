"""What the payments of an order add up to: a pure answer, never typed by anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

ZERO = Decimal(0)
# Without any money the most hopeful payment speaks for the order.
HOPEFUL_FIRST = ("AUTHORIZED", "PENDING", "FAILED", "CANCELLED")


class Collected(Protocol):
    """As much of a payment as its sum depends on."""

    state: str
    captured_amount: Decimal
    refunded_amount: Decimal


@dataclass(frozen=True)
class PaymentFacts:
    """Payment status and sums of an order."""

    status: str
    paid_total: Decimal
    refunded_total: Decimal


def derive(*, grand_total: Decimal, payments: Sequence[Collected]) -> PaymentFacts:
    """Add up the payments of an order."""
    paid = sum((payment.captured_amount for payment in payments), ZERO)
    refunded = sum((payment.refunded_amount for payment in payments), ZERO)
    return PaymentFacts(
        status=_status(grand_total, paid, refunded, {payment.state for payment in payments}),
        paid_total=paid,
        refunded_total=refunded,
    )


def _status(grand_total: Decimal, paid: Decimal, refunded: Decimal, states: set[str]) -> str:
    if grand_total == ZERO or (paid > ZERO and paid - refunded >= grand_total):
        return "PAID"
    if paid > ZERO:
        if refunded >= paid:
            return "REFUNDED"
        return "PART_REFUNDED" if refunded > ZERO else "PART_PAID"
    return next((state for state in HOPEFUL_FIRST if state in states), "PENDING")
