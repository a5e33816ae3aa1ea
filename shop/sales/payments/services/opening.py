"""Asking for money: a new payment, a further try, and the call to the gateway."""

from datetime import datetime, timedelta

from django.db import transaction

from shop.core import options
from shop.core.actors import Actor
from shop.core.events import publish
from shop.core.money import format_money
from shop.sales.orders import services as orders
from shop.sales.orders.models import Order, OrderStatus
from shop.sales.payments.events import PaymentOpened
from shop.sales.payments.exceptions import (
    AlreadyPaid,
    MethodNotOffered,
    PaymentNotFound,
    PaymentProblem,
)
from shop.sales.payments.gateways.protocol import PaymentRequest, StartResult
from shop.sales.payments.gateways.registry import gateway_for
from shop.sales.payments.methods import (
    METHODS,
    PaymentMethod,
    available_methods,
)
from shop.sales.payments.models import Payment, PaymentState
from shop.sales.payments.services.ledger import add_up, lock_payment, move, tell

OPEN_STATES = (PaymentState.PENDING, PaymentState.AUTHORIZED, PaymentState.FAILED)


@transaction.atomic
def open_payment(*, order_id: int, method: str, actor: Actor, now: datetime) -> Payment:
    """Ask for the sum of an order; cash on delivery is accepted at once and makes it binding."""
    order = orders.lock_order(order_id=order_id)
    return open_payment_of(order=order, method=method, actor=actor, now=now)


def open_payment_of(*, order: Order, method: str, actor: Actor, now: datetime) -> Payment:
    """The same for an order that the caller has locked, or has written in this transaction."""
    chosen = METHODS.get(method)
    if chosen is None:
        raise MethodNotOffered
    return _open(order, chosen, actor, now)


@transaction.atomic
def retry_payment(*, order_id: int, method: str, actor: Actor, now: datetime) -> Payment:
    """Let a customer whose payment failed try again, or pay another way."""
    order = orders.lock_order(order_id=order_id)
    if order.status != OrderStatus.DRAFT:
        raise AlreadyPaid
    chosen = {
        offer.code: offer
        for offer in available_methods(
            currency=order.currency,
            grand_total=order.grand_total,
            country=order.shipping_country,
        )
    }.get(method)
    if chosen is None:
        raise MethodNotOffered
    _cancel_open(order, "Replaced by another try", actor, now)
    order.payment_method = chosen.code
    order.updated_at = now
    order.save(update_fields=["payment_method", "updated_at"])
    return _open(order, chosen, actor, now)


def _open(order: Order, chosen: PaymentMethod, actor: Actor, now: datetime) -> Payment:
    payment = Payment(
        order=order,
        method=chosen.code,
        gateway=chosen.gateway,
        amount=order.open_amount,
        currency=order.currency,
        created_at=now,
        updated_at=now,
    )
    if chosen.needs_redirect:
        payment.expires_at = now + timedelta(minutes=options.value("payments.unpaid_minutes"))
    else:
        payment.accepted_at = now
    payment.save(force_insert=True)
    way = chosen.label[:1].lower() + chosen.label[1:]
    asked = f"{format_money(payment.amount, payment.currency)} by {way}"
    tell(payment, order, "payment.opened", f"Payment asked for: {asked}", actor, now)
    publish(PaymentOpened(payment_id=payment.pk, order_id=order.pk))
    if not chosen.needs_redirect:
        orders.activate_locked(order=order, actor=actor, now=now)
    elif payment.amount == 0:
        add_up(order, actor, now)
    return payment


def start(*, payment_id: int, now: datetime) -> StartResult:
    """Open the payment at its gateway; no transaction is open while the gateway thinks."""
    payment = Payment.objects.select_related("order").filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFound
    if payment.state != PaymentState.PENDING or not payment.gateway:
        raise PaymentProblem("This payment cannot be started any more.")
    if payment.reference:
        return StartResult(reference=payment.reference, redirect_url=payment.redirect_url)
    answer = gateway_for(payment.gateway).start(
        PaymentRequest(
            key=payment.key,
            order_number=payment.order.number,
            amount=payment.amount,
            currency=payment.currency,
            email=payment.order.email,
        )
    )
    return _keep_answer(payment_id=payment_id, answer=answer, now=now)


@transaction.atomic
def _keep_answer(*, payment_id: int, answer: StartResult, now: datetime) -> StartResult:
    _, payment = lock_payment(payment_id=payment_id)
    if not payment.reference:
        payment.reference = answer.reference
        payment.redirect_url = answer.redirect_url
        payment.updated_at = now
        payment.save(update_fields=["reference", "redirect_url", "updated_at"])
    return StartResult(reference=payment.reference, redirect_url=payment.redirect_url)


@transaction.atomic
def cancel_open_payments(*, order_id: int, reason: str, actor: Actor, now: datetime) -> int:
    """Stop asking for money for an order that will not be carried out."""
    order = orders.lock_order(order_id=order_id)
    cancelled = _cancel_open(order, reason, actor, now)
    if cancelled:
        add_up(order, actor, now)
    return cancelled


def _cancel_open(order: Order, reason: str, actor: Actor, now: datetime) -> int:
    waiting = (
        Payment.objects.select_for_update()
        .filter(order_id=order.pk, state__in=OPEN_STATES)
        .order_by("pk")
    )
    payments = list(waiting)
    for payment in payments:
        move(payment, order, "cancel", f"Payment cancelled: {reason}", actor, now)
    return len(payments)
