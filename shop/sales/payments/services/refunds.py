"""Money that goes back: asked for in one transaction, sent outside any, booked in another."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from shop.core import jobs
from shop.core.actors import SYSTEM_ACTOR, Actor
from shop.core.events import publish
from shop.core.money import format_money, round_money
from shop.sales.payments.events import RefundConfirmed
from shop.sales.payments.exceptions import (
    GatewayUnavailable,
    NotRefundable,
    PaymentNotFound,
    PaymentProblem,
)
from shop.sales.payments.gateways.protocol import RefundResult
from shop.sales.payments.gateways.registry import gateway_for
from shop.sales.payments.models import ZERO, EntryKind, Payment, Refund, RefundState
from shop.sales.payments.services.ledger import add_up, book, lock_payment, move, tell
from shop.sales.payments.workflows import REFUND_WORKFLOW

SENDER = "shop.sales.payments.tasks.send_refund"
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=30)


@transaction.atomic
def refund(*, payment_id: int, amount: Decimal, reason: str, actor: Actor, now: datetime) -> Refund:
    """Send money back, at most what came in and is not on its way back already."""
    order, payment = lock_payment(payment_id=payment_id)
    on_its_way = payment.refunds.filter(state=RefundState.PENDING).aggregate(sum=Sum("amount"))
    left = payment.refundable_amount - (on_its_way["sum"] or ZERO)
    if amount <= ZERO or amount > left or amount != round_money(amount, payment.currency):
        possible = format_money(left, payment.currency)
        raise NotRefundable(
            f"At most {possible} can be refunded, and not less than the smallest coin."
        )
    asked = Refund.objects.create(
        payment=payment,
        amount=amount,
        reason=reason[:200],
        requested_by=actor.label[:200],
        next_try_at=now,
        created_at=now,
    )
    message = f"Refund asked for: {format_money(amount, payment.currency)}"
    tell(payment, order, "refund.requested", message, actor, now, {"reason": reason})
    if payment.gateway:
        jobs.enqueue(SENDER, asked.pk)
    return asked


@transaction.atomic
def refund_everything(*, order_id: int, reason: str, actor: Actor, now: datetime) -> Decimal:
    """Send back all that was paid for an order; answers how much that is."""
    total = ZERO
    for payment in Payment.objects.filter(order_id=order_id).order_by("pk"):
        pending = payment.refunds.filter(state=RefundState.PENDING).aggregate(sum=Sum("amount"))
        left = payment.refundable_amount - (pending["sum"] or ZERO)
        if left > ZERO:
            refund(payment_id=payment.pk, amount=left, reason=reason, actor=actor, now=now)
            total += left
    return total


def send_refund(*, refund_id: int, now: datetime) -> None:
    """Ask the gateway to send a refund; no transaction is open while it thinks."""
    asked = Refund.objects.select_related("payment").filter(pk=refund_id).first()
    if asked is None or asked.state != RefundState.PENDING or not asked.payment.gateway:
        return
    try:
        answer = gateway_for(asked.payment.gateway).refund(
            refund_key=asked.key,
            reference=asked.payment.reference,
            amount=asked.amount,
            currency=asked.payment.currency,
        )
    except GatewayUnavailable as problem:
        _postpone(refund_id=refund_id, message=str(problem), now=now)
        return
    _keep_answer(refund_id=refund_id, answer=answer, now=now)


def _keep_answer(*, refund_id: int, answer: RefundResult, now: datetime) -> None:
    if answer.is_done:
        settle_refund(refund_id=refund_id, reference=answer.reference, actor=SYSTEM_ACTOR, now=now)
    else:
        fail_refund(refund_id=refund_id, message=answer.message, actor=SYSTEM_ACTOR, now=now)


def _lock_refund(refund_id: int) -> Refund:
    payment_id = Refund.objects.filter(pk=refund_id).values_list("payment_id", flat=True).first()
    if payment_id is None:
        raise PaymentNotFound
    order, payment = lock_payment(payment_id=payment_id)
    asked = Refund.objects.select_for_update().get(pk=refund_id)
    payment.order = order
    asked.payment = payment
    return asked


@transaction.atomic
def settle_refund(*, refund_id: int, reference: str, actor: Actor, now: datetime) -> Refund:
    """Book a refund that has left; doing so twice changes nothing."""
    asked = _lock_refund(refund_id)
    if asked.state == RefundState.DONE:
        return asked
    payment, order = asked.payment, asked.payment.order
    asked.state = RefundState(REFUND_WORKFLOW.target(asked.state, "settle"))
    asked.reference = reference[:100]
    asked.confirmed_at = now
    asked.next_try_at = None
    asked.save()
    book(payment, kind=EntryKind.REFUND, amount=asked.amount, reference=asked.key, now=now)
    payment.refunded_amount += asked.amount
    is_all = payment.refunded_amount >= payment.captured_amount
    gone = format_money(asked.amount, payment.currency)
    step = "refund_all" if is_all else "refund_part"
    move(payment, order, step, f"Refunded: {gone}", actor, now)
    add_up(order, actor, now)
    publish(
        RefundConfirmed(
            refund_id=asked.pk,
            payment_id=payment.pk,
            order_id=order.pk,
            amount=asked.amount,
            currency=payment.currency,
        )
    )
    return asked


@transaction.atomic
def confirm_refund(*, refund_id: int, actor: Actor, now: datetime) -> Refund:
    """Note that money which no gateway sends was handed back, as cash or by transfer."""
    asked = _lock_refund(refund_id)
    if asked.payment.gateway:
        raise PaymentProblem("The payment service confirms this refund itself.")
    return settle_refund(refund_id=refund_id, reference="by hand", actor=actor, now=now)


@transaction.atomic
def fail_refund(*, refund_id: int, message: str, actor: Actor, now: datetime) -> Refund:
    """Note that a gateway refused to send money back; somebody has to look."""
    asked = _lock_refund(refund_id)
    asked.state = RefundState(REFUND_WORKFLOW.target(asked.state, "fail"))
    asked.failure_message = message[:300]
    asked.next_try_at = None
    asked.save()
    payment = asked.payment
    tell(payment, payment.order, "refund.failed", f"Refund failed: {message[:300]}", actor, now)
    return asked


@transaction.atomic
def retry_refund(*, refund_id: int, actor: Actor, now: datetime) -> Refund:
    """Send a refund that failed once more."""
    asked = _lock_refund(refund_id)
    asked.state = RefundState(REFUND_WORKFLOW.target(asked.state, "retry"))
    asked.attempts = 0
    asked.failure_message = ""
    asked.next_try_at = now
    asked.save()
    payment = asked.payment
    tell(payment, payment.order, "refund.retried", "Refund is tried again", actor, now)
    jobs.enqueue(SENDER, asked.pk)
    return asked


@transaction.atomic
def _postpone(*, refund_id: int, message: str, now: datetime) -> None:
    asked = _lock_refund(refund_id)
    if asked.state != RefundState.PENDING:
        return
    asked.attempts += 1
    asked.failure_message = message[:300]
    asked.next_try_at = now + FIRST_WAIT * 2**asked.attempts
    asked.save(update_fields=["attempts", "failure_message", "next_try_at"])
    if asked.attempts >= MOST_ATTEMPTS:
        fail_refund(refund_id=refund_id, message=message, actor=SYSTEM_ACTOR, now=now)
