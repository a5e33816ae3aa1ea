"""What every gateway can do for us, in plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

AUTHORIZED = "authorized"
PAID = "paid"
FAILED = "failed"
CANCELLED = "cancelled"
REFUNDED = "refunded"
PENDING = "pending"


@dataclass(frozen=True)
class PaymentRequest:
    """What we ask a gateway to collect; the key makes asking twice harmless."""

    key: str
    order_number: str
    amount: Decimal
    currency: str
    email: str


@dataclass(frozen=True)
class StartResult:
    """The gateway's name for the payment, and where the customer pays."""

    reference: str
    redirect_url: str


@dataclass(frozen=True)
class GatewayNotice:
    """One message of a gateway about one payment."""

    external_id: str
    reference: str
    status: str
    amount: Decimal
    currency: str
    order_number: str
    occurred_at: datetime
    failure_code: str = ""
    failure_message: str = ""
    refund_key: str = ""


@dataclass(frozen=True)
class RefundResult:
    """Whether money went back, under which name."""

    is_done: bool
    reference: str
    message: str = ""


class Gateway(Protocol):
    """A payment service; its calls go over the network and never run inside a transaction."""

    code: str

    def start(self, request: PaymentRequest) -> StartResult:
        """Open a payment; raises GatewayUnavailable."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> GatewayNotice:
        """Read a message whose signature is right; raises BadSignature."""
        ...

    def read(self, body: str) -> GatewayNotice:
        """Read a message that was verified when it came in."""
        ...

    def refund(
        self, *, refund_key: str, reference: str, amount: Decimal, currency: str
    ) -> RefundResult:
        """Send money back; raises GatewayUnavailable."""
        ...

    def lookup(self, reference: str) -> str:
        """Ask for the status of a payment; raises GatewayUnavailable."""
        ...
