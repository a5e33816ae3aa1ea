"""The gateway simulator that ships with the shop: no money moves, everything else is real."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from shop.sales.payments.exceptions import BadSignature
from shop.sales.payments.gateways import protocol, signatures
from shop.sales.payments.gateways.protocol import (
    GatewayNotice,
    PaymentRequest,
    RefundResult,
    StartResult,
)

SIGNATURE_HEADER = "X-Testpay-Signature"
STATUSES = frozenset(
    {
        protocol.AUTHORIZED,
        protocol.PAID,
        protocol.FAILED,
        protocol.CANCELLED,
        protocol.REFUNDED,
    }
)
LONGEST_TEXT = 200


class TestPay:
    """Takes every card; the customer chooses the outcome on its page."""

    code = "testpay"

    def start(self, request: PaymentRequest) -> StartResult:
        """Open a payment; the same key opens the same payment again."""
        reference = f"tp_{request.key}"
        return StartResult(reference=reference, redirect_url=f"/pay/test/{reference}/")

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> GatewayNotice:
        """Read a message whose signature is right."""
        signatures.check(
            secret=signatures.secret_of(self.code),
            header=headers.get(SIGNATURE_HEADER, ""),
            body=body,
            now=now,
        )
        try:
            return self.read(body.decode())
        except (ValueError, KeyError, TypeError, InvalidOperation) as problem:
            raise BadSignature("The message cannot be read.") from problem

    def read(self, body: str) -> GatewayNotice:
        """Read a message that was verified when it came in."""
        facts: dict[str, Any] = json.loads(body)
        if facts["status"] not in STATUSES:
            raise ValueError("unknown status")
        amount = Decimal(facts["amount"])
        if not amount.is_finite():
            raise ValueError("not an amount")
        return GatewayNotice(
            external_id=_text(facts["id"]),
            reference=_text(facts["reference"]),
            status=facts["status"],
            amount=amount,
            currency=_text(facts["currency"]),
            order_number=_text(facts["order_number"]),
            occurred_at=datetime.fromisoformat(facts["occurred_at"]),
            failure_code=_text(facts.get("failure_code", "")),
            failure_message=_text(facts.get("failure_message", "")),
            refund_key=_text(facts.get("refund_key", "")),
        )

    def refund(
        self, *, refund_key: str, reference: str, amount: Decimal, currency: str
    ) -> RefundResult:
        """Send money back at once."""
        return RefundResult(is_done=True, reference=f"tr_{refund_key}")

    def lookup(self, reference: str) -> str:
        """The simulator keeps no books of its own."""
        return protocol.PENDING


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise TypeError("not a short text")
    return value
