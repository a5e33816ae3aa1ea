"""Cash that came in at the door."""

from datetime import datetime

from django.db import transaction

from shop.core.actors import Actor
from shop.core.money import format_money
from shop.sales.payments.exceptions import PaymentProblem
from shop.sales.payments.methods import CASH_ON_DELIVERY
from shop.sales.payments.models import EntryKind, Payment
from shop.sales.payments.services.ledger import add_up, book, lock_payment, move


@transaction.atomic
def confirm_cash(*, payment_id: int, actor: Actor, now: datetime) -> Payment:
    """Book the cash of an order that was to be paid on delivery."""
    order, payment = lock_payment(payment_id=payment_id)
    if payment.method != CASH_ON_DELIVERY:
        raise PaymentProblem("Only cash on delivery is confirmed by hand.")
    payment.captured_amount = payment.amount
    payment.captured_at = now
    received = format_money(payment.amount, payment.currency)
    move(payment, order, "capture", f"Cash received: {received}", actor, now)
    book(payment, kind=EntryKind.CHARGE, amount=payment.amount, reference="cash", now=now)
    add_up(order, actor, now)
    return payment
