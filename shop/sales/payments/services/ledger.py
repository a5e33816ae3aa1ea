"""The steps that every change of a payment shares: lock, move, book, add up, tell."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from shop.core import timeline
from shop.core.actors import Actor
from shop.core.events import publish
from shop.sales.orders import services as orders
from shop.sales.orders.models import Order
from shop.sales.payments.derivation import derive
from shop.sales.payments.events import PaymentChanged
from shop.sales.payments.exceptions import PaymentNotFound
from shop.sales.payments.models import Payment, PaymentEntry, PaymentState
from shop.sales.payments.workflows import PAYMENT_WORKFLOW


def lock_payment(*, payment_id: int) -> tuple[Order, Payment]:
    """Lock a payment, its order first, as everybody does."""
    order_id = Payment.objects.filter(pk=payment_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise PaymentNotFound
    order = orders.lock_order(order_id=order_id)
    return order, Payment.objects.select_for_update().get(pk=payment_id)


def move(
    payment: Payment, order: Order, step: str, message: str, actor: Actor, now: datetime
) -> None:
    """Take a payment one step along its table, with an entry in the order's story."""
    before = payment.state
    payment.state = PaymentState(PAYMENT_WORKFLOW.target(before, step))
    payment.updated_at = now
    payment.save()
    tell(
        payment,
        order,
        f"payment.{payment.state.lower()}",
        message,
        actor,
        now,
        {"from": before, "to": payment.state, "amount": str(payment.amount)},
    )
    publish(PaymentChanged(payment_id=payment.pk, order_id=order.pk, state=str(payment.state)))


def tell(
    payment: Payment,
    order: Order,
    kind: str,
    message: str,
    actor: Actor,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Write one line of the order's story that is about this payment."""
    timeline.record(
        subject_type="payment",
        subject_key=payment.key,
        thread_type="order",
        thread_key=order.key,
        kind=kind,
        message=message,
        actor=actor,
        now=now,
        data=data,
    )


def book(payment: Payment, *, kind: str, amount: Decimal, reference: str, now: datetime) -> bool:
    """Add a line to the ledger; the same line is never written twice."""
    _, is_new = PaymentEntry.objects.get_or_create(
        payment=payment,
        kind=kind,
        reference=reference,
        defaults={"amount": amount, "occurred_at": now},
    )
    return is_new


def add_up(order: Order, actor: Actor, now: datetime) -> Order:
    """Tell the order what all its payments come to."""
    facts = derive(
        grand_total=order.grand_total,
        payments=list(Payment.objects.filter(order_id=order.pk).order_by("pk")),
    )
    return orders.record_payment(
        order_id=order.pk,
        paid_total=facts.paid_total,
        refunded_total=facts.refunded_total,
        payment_status=facts.status,
        actor=actor,
        now=now,
    )
