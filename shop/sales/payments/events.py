"""News about payments."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class PaymentOpened:
    """Money was asked for."""

    payment_id: int
    order_id: int


@dataclass(frozen=True)
class PaymentChanged:
    """A payment is in another state now."""

    payment_id: int
    order_id: int
    state: str


@dataclass(frozen=True)
class SurplusPaymentReceived:
    """Money came in that the order does not need; somebody should send it back."""

    payment_id: int
    order_id: int
    reason: str


@dataclass(frozen=True)
class ForgedNoticeRefused:
    """A webhook did not match its signature, amount or order."""

    gateway: str
    reference: str
    reason: str


@dataclass(frozen=True)
class RefundConfirmed:
    """The gateway has sent money back."""

    refund_id: int
    payment_id: int
    order_id: int
    amount: Decimal
    currency: str
