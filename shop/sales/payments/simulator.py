"""The other side of the gateway simulator: its page's six outcomes and its signed webhooks.

It keeps an outbox of its own, and sends over real HTTP like any payment service would.
"""

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import requests
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from shop.core import jobs, options
from shop.core.keys import new_key
from shop.sales.payments.gateways import protocol, signatures
from shop.sales.payments.gateways.testpay import SIGNATURE_HEADER, TestPay
from shop.sales.payments.models import Payment, SimulatorDelivery
from shop.sales.payments.selectors import MOST_DELIVERY_ATTEMPTS

SENDER = "shop.sales.payments.tasks.deliver_simulated"
LONGEST_NAP = timedelta(seconds=15)
REQUEST_SECONDS = 10
DUPLICATES = 3


@dataclass(frozen=True)
class Outcome:
    """One thing that can happen to a payment, as the hosted page offers it."""

    code: str
    label: str
    description: str


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("success", "Pay", "The payment goes through at once."),
    Outcome("decline", "Decline", "The bank refuses the card."),
    Outcome("three_d", "3-D Secure", "The bank asks for a second confirmation first."),
    Outcome("timeout", "No answer", "The payment service never answers."),
    Outcome("late", "Late answer", "The payment goes through, but we are told later."),
    Outcome("duplicate", "Duplicate answer", "We are told of the same payment three times."),
)
CODES = frozenset(outcome.code for outcome in OUTCOMES) | {"confirmed", "rejected"}


@transaction.atomic
def choose(*, payment: Payment, outcome: str, now: datetime) -> bool:
    """Let an outcome happen; answers whether the bank asks for a second step first."""
    if outcome == "three_d":
        return True
    if outcome in {"success", "duplicate"}:
        copies = DUPLICATES if outcome == "duplicate" else 1
        _queue(payment, protocol.PAID, now, copies=copies)
    elif outcome == "late":
        wait = timedelta(seconds=options.value("payments.simulator_late_seconds"))
        _queue(payment, protocol.PAID, now, wait=wait)
    elif outcome == "confirmed":
        # The two messages overtake each other now and then; so they may here.
        _queue(payment, protocol.PAID, now)
        _queue(payment, protocol.AUTHORIZED, now)
    elif outcome in {"decline", "rejected"}:
        _queue(payment, protocol.FAILED, now, failure=_FAILURES[outcome])
    return False


_FAILURES = {
    "decline": ("card_declined", "The bank declined the card."),
    "rejected": ("authentication_failed", "The payment was not confirmed with the bank."),
}


def _queue(
    payment: Payment,
    status: str,
    now: datetime,
    *,
    copies: int = 1,
    wait: timedelta = timedelta(0),
    failure: tuple[str, str] = ("", ""),
) -> None:
    facts = {
        "id": f"evt_{new_key()}",
        "reference": payment.reference,
        "status": status,
        "amount": str(payment.amount),
        "currency": payment.currency,
        "order_number": payment.order.number,
        "occurred_at": now.isoformat(),
        "failure_code": failure[0],
        "failure_message": failure[1],
    }
    for _ in range(copies):
        delivery = SimulatorDelivery.objects.create(
            reference=payment.reference, body=json.dumps(facts), next_try_at=now + wait
        )
        jobs.enqueue(SENDER, delivery.pk)


def deliver_when_due(*, delivery_id: int) -> None:
    """Send a webhook, after a short nap when its time has not quite come."""
    due = SimulatorDelivery.objects.filter(pk=delivery_id).values_list("next_try_at", flat=True)
    for moment in due:
        nap = moment - timezone.now()
        if timedelta(0) < nap <= LONGEST_NAP:
            time.sleep(nap.total_seconds())
    deliver(delivery_id=delivery_id, now=timezone.now())


def deliver(*, delivery_id: int, now: datetime) -> None:
    """Send a webhook over HTTP; no transaction is open meanwhile, and a failure is tried again."""
    delivery = SimulatorDelivery.objects.filter(pk=delivery_id, sent_at__isnull=True).first()
    if delivery is None or delivery.next_try_at > now:
        return
    problem = _post(delivery.body.encode(), now)
    delivery.attempts += 1
    delivery.last_error = problem[:300]
    if not problem:
        delivery.sent_at = now
    else:
        delivery.next_try_at = now + timedelta(seconds=2**delivery.attempts)
    delivery.save()
    if problem and delivery.attempts < MOST_DELIVERY_ATTEMPTS and not settings.JOBS_INLINE:
        with transaction.atomic():
            jobs.enqueue(SENDER, delivery.pk)


def signed_headers(body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a webhook that is sent now."""
    secret = signatures.secret_of(TestPay.code)
    return {
        "Content-Type": "application/json",
        SIGNATURE_HEADER: signatures.sign(secret=secret, body=body, now=now),
    }


def _post(body: bytes, now: datetime) -> str:
    """What went wrong, or nothing."""
    try:
        answer = requests.post(
            f"{settings.SITE_URL}/api/v1/webhooks/{TestPay.code}/",
            data=body,
            headers=signed_headers(body, now),
            timeout=REQUEST_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as problem:
        return str(problem)
    return "" if answer.ok else f"answered {answer.status_code}"
