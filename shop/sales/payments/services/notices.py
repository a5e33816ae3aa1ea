"""What gateways tell us: each message is stored first, then handled once, in any order."""

import logging
from datetime import datetime

from django.db import transaction

from shop.core import inbox, jobs
from shop.core.actors import SYSTEM, Actor
from shop.core.events import publish
from shop.core.money import format_money
from shop.sales.orders.models import Order, OrderStatus
from shop.sales.payments.events import ForgedNoticeRefused, SurplusPaymentReceived
from shop.sales.payments.gateways import protocol
from shop.sales.payments.gateways.protocol import GatewayNotice
from shop.sales.payments.gateways.registry import gateway_for
from shop.sales.payments.models import EntryKind, Payment, Refund
from shop.sales.payments.services.ledger import add_up, book, lock_payment, move, tell
from shop.sales.payments.services.refunds import settle_refund
from shop.sales.payments.workflows import PAYMENT_WORKFLOW

INBOX_SOURCE = "payments."
HANDLER = "shop.sales.payments.tasks.handle_notice"
logger = logging.getLogger(__name__)


@transaction.atomic
def receive_notice(
    *, gateway: str, external_id: str, body: str, headers: dict[str, str], now: datetime
) -> bool:
    """Keep a verified message of a gateway, and have it handled after commit."""
    receipt = inbox.receive(
        source=INBOX_SOURCE + gateway,
        external_id=external_id,
        body=body,
        headers=headers,
        now=now,
    )
    jobs.enqueue(HANDLER, receipt.id)
    return receipt.is_new


@transaction.atomic
def handle_webhook(*, inbox_id: int, now: datetime) -> str:
    """Book what a gateway told us about a payment; telling it again changes nothing."""
    message = inbox.lock(inbox_id)
    if message is None:
        return "handled before"
    gateway = message.source.removeprefix(INBOX_SOURCE)
    notice = gateway_for(gateway).read(message.body)
    payment_id = (
        Payment.objects.filter(gateway=gateway, reference=notice.reference)
        .values_list("pk", flat=True)
        .first()
    )
    if payment_id is None:
        result = "unknown payment"
        _alarm(gateway, notice, result)
    else:
        order, payment = lock_payment(payment_id=payment_id)
        result = _apply(order, payment, notice, now)
    inbox.finish(message, result=result, now=now)
    return result


def _apply(order: Order, payment: Payment, notice: GatewayNotice, now: datetime) -> str:
    actor = Actor(kind=SYSTEM, label=f"Payment service {payment.gateway}", channel="webhook")
    if problem := _mismatch(order, payment, notice):
        tell(payment, order, "payment.notice_refused", f"Message refused: {problem}", actor, now)
        _alarm(payment.gateway, notice, problem)
        return f"refused: {problem}"
    if notice.status == protocol.REFUNDED:
        return _settle(payment, notice, actor, now)
    step = _STEPS[notice.status]
    if not PAYMENT_WORKFLOW.allows(payment.state, step):
        return f"no change: payment is {payment.state.lower()}"
    if step == "capture":
        _capture(order, payment, actor, now)
    elif step == "fail":
        _fail(order, payment, notice, actor, now)
    else:
        _move_only(order, payment, step, actor, now)
    add_up(order, actor, now)
    return f"payment is {payment.state.lower()}"


_STEPS = {
    protocol.AUTHORIZED: "authorize",
    protocol.PAID: "capture",
    protocol.FAILED: "fail",
    protocol.CANCELLED: "cancel",
}


def _mismatch(order: Order, payment: Payment, notice: GatewayNotice) -> str:
    if notice.order_number != order.number:
        return "it names another order"
    if notice.currency != payment.currency:
        return f"currency {notice.currency} instead of {payment.currency}"
    if notice.status != protocol.REFUNDED and notice.amount != payment.amount:
        told = format_money(notice.amount, payment.currency)
        return f"{told} instead of {format_money(payment.amount, payment.currency)}"
    return ""


def _capture(order: Order, payment: Payment, actor: Actor, now: datetime) -> None:
    payment.captured_amount = payment.amount
    payment.captured_at = now
    payment.failure_code = payment.failure_message = ""
    payment.surplus_reason = _surplus_reason(order)
    payment.is_surplus = bool(payment.surplus_reason)
    received = format_money(payment.amount, payment.currency)
    move(payment, order, "capture", f"Payment received: {received}", actor, now)
    book(
        payment,
        kind=EntryKind.CHARGE,
        amount=payment.amount,
        reference=payment.reference,
        now=now,
    )
    if payment.is_surplus:
        message = f"To be refunded: {payment.surplus_reason}"
        tell(payment, order, "payment.surplus", message, actor, now)
        publish(
            SurplusPaymentReceived(
                payment_id=payment.pk, order_id=order.pk, reason=payment.surplus_reason
            )
        )


def _surplus_reason(order: Order) -> str:
    if order.status == OrderStatus.CANCELLED:
        return "The order was cancelled before this payment came."
    if order.grand_total > 0 and order.paid_total - order.refunded_total >= order.grand_total:
        return "The order was paid before."
    return ""


def _fail(
    order: Order, payment: Payment, notice: GatewayNotice, actor: Actor, now: datetime
) -> None:
    payment.failed_at = now
    payment.failure_code = notice.failure_code[:60]
    payment.failure_message = notice.failure_message[:200]
    message = f"Payment failed: {payment.failure_message or 'declined'}"
    move(payment, order, "fail", message, actor, now)


def _move_only(order: Order, payment: Payment, step: str, actor: Actor, now: datetime) -> None:
    if step == "authorize":
        payment.authorized_at = now
    label = "authorised" if step == "authorize" else "cancelled by the payment service"
    move(payment, order, step, f"Payment {label}", actor, now)


def _settle(payment: Payment, notice: GatewayNotice, actor: Actor, now: datetime) -> str:
    refund = Refund.objects.filter(payment=payment, key=notice.refund_key).first()
    if refund is None:
        _alarm(payment.gateway, notice, "a refund that nobody asked for")
        return "unknown refund"
    settle_refund(refund_id=refund.pk, reference=notice.external_id, actor=actor, now=now)
    return "refund is done"


def _alarm(gateway: str, notice: GatewayNotice, reason: str) -> None:
    logger.warning(
        "Message of payment service refused",
        extra={"gateway": gateway, "external_id": notice.external_id, "reason": reason},
    )
    publish(ForgedNoticeRefused(gateway=gateway, reference=notice.reference, reason=reason))
