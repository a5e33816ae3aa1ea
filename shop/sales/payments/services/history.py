"""Payments from before, written in bulk: no gateway is asked, no order is added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from shop.core.actors import Actor
from shop.core.keys import new_key
from shop.sales.payments.models import (
    ZERO,
    EntryKind,
    Payment,
    PaymentEntry,
    PaymentState,
    Refund,
    RefundState,
)

BATCH = 500


@dataclass(frozen=True)
class PastPayment:
    """How one order of the past was paid, and what went back; the sums are the order's own."""

    order_id: int
    method: str
    gateway: str
    amount: Decimal
    currency: str
    opened_at: datetime
    captured_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    reference: str = ""
    refunded: Decimal = ZERO
    refunded_at: datetime | None = None
    refund_reason: str = ""

    @property
    def state(self) -> str:
        """What became of it."""
        if self.captured_at is None:
            return PaymentState.FAILED if self.failed_at else PaymentState.CANCELLED
        if not self.refunded:
            return PaymentState.PAID
        is_all = self.refunded >= self.amount
        return PaymentState.REFUNDED if is_all else PaymentState.PART_REFUNDED


@transaction.atomic
def record_past_payments(*, payments: Sequence[PastPayment], actor: Actor, now: datetime) -> int:
    """Write payments of orders from before with their ledger and refunds."""
    rows = Payment.objects.bulk_create([_row(past, now) for past in payments], batch_size=BATCH)
    pairs = list(zip(rows, payments, strict=True))
    refunds = [_refund(row, past, actor) for row, past in pairs if past.refunded]
    Refund.objects.bulk_create(refunds, batch_size=BATCH)
    charges = [
        PaymentEntry(
            payment=row,
            kind=EntryKind.CHARGE,
            amount=past.amount,
            reference=past.reference or "cash",
            occurred_at=past.captured_at,
        )
        for row, past in pairs
        if past.captured_at
    ]
    returned = [
        PaymentEntry(
            payment=refund.payment,
            kind=EntryKind.REFUND,
            amount=refund.amount,
            reference=refund.key,
            occurred_at=refund.created_at,
        )
        for refund in refunds
    ]
    PaymentEntry.objects.bulk_create([*charges, *returned], batch_size=BATCH)
    return len(rows)


def _row(past: PastPayment, now: datetime) -> Payment:
    return Payment(
        key=new_key(),
        order_id=past.order_id,
        method=past.method,
        gateway=past.gateway,
        state=past.state,
        amount=past.amount,
        currency=past.currency,
        captured_amount=past.amount if past.captured_at else ZERO,
        refunded_amount=past.refunded,
        reference=past.reference,
        captured_at=past.captured_at,
        failed_at=past.failed_at,
        failure_message=past.failure,
        created_at=past.opened_at,
        updated_at=now,
    )


def _refund(row: Payment, past: PastPayment, actor: Actor) -> Refund:
    moment = past.refunded_at or past.opened_at
    key = new_key()
    return Refund(
        key=key,
        payment=row,
        amount=past.refunded,
        reason=past.refund_reason,
        state=RefundState.DONE,
        reference=key,
        requested_by=actor.label[:200],
        created_at=moment,
        confirmed_at=moment,
    )
