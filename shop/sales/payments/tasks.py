"""Jobs about payments."""

from datetime import datetime

from django.utils import timezone

from shop.core import inbox
from shop.sales.payments import selectors, services, simulator
from shop.sales.payments.gateways.testpay import TestPay
from shop.sales.payments.services.notices import INBOX_SOURCE


def handle_notice(inbox_id: int) -> None:
    """Handle one stored message of a gateway."""
    services.handle_webhook(inbox_id=inbox_id, now=timezone.now())


def handle_waiting_notices(now: datetime) -> int:
    """Handle the messages of gateways that a lost wake-up left behind."""
    waiting = inbox.waiting(INBOX_SOURCE + TestPay.code)
    for inbox_id in waiting:
        services.handle_webhook(inbox_id=inbox_id, now=now)
    return len(waiting)


def send_refund(refund_id: int) -> None:
    """Send one refund to its gateway."""
    services.send_refund(refund_id=refund_id, now=timezone.now())


def send_due_refunds(now: datetime) -> int:
    """Send the refunds that wait for another try."""
    due = selectors.refunds_due(now)
    for refund_id in due:
        services.send_refund(refund_id=refund_id, now=now)
    return len(due)


def deliver_simulated(delivery_id: int) -> None:
    """Send one webhook of the gateway simulator when its time has come."""
    simulator.deliver_when_due(delivery_id=delivery_id)


def deliver_due(now: datetime) -> int:
    """Send the webhooks of the gateway simulator that are due."""
    due = selectors.deliveries_due(now)
    for delivery_id in due:
        simulator.deliver(delivery_id=delivery_id, now=now)
    return len(due)


def sweep() -> None:
    """Do what lost wake-ups left behind."""
    now = timezone.now()
    deliver_due(now)
    handle_waiting_notices(now)
    send_due_refunds(now)
