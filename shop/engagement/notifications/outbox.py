"""Sending what is queued: each message is leased, sent outside a transaction, and settled."""

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import Q

from shop.engagement.notifications.models import Message

LEASE = timedelta(minutes=5)
BATCH = 50
MAX_ATTEMPTS = 8
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
PERMANENT = range(500, 600)  # SMTP says: do not try again
DOMAIN = "store.invalid"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a message did not go out, and whether another try can help."""

    reason: str
    is_permanent: bool


@transaction.atomic
def claim(now: datetime) -> list[Message]:
    """Lease what is due, so that no other worker takes it as well."""
    due = (
        Message.objects.filter(
            Q(lease_until__isnull=True) | Q(lease_until__lte=now),
            state__in=[Message.State.QUEUED, Message.State.RETRY_WAIT],
            next_try_at__lte=now,
        )
        .select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        .order_by("next_try_at", "pk")[:BATCH]
    )
    messages = list(due)
    for message in messages:
        message.lease_until = now + LEASE
        message.attempts += 1
    Message.objects.bulk_update(messages, ["lease_until", "attempts"])
    return messages


def deliver(messages: list[Message]) -> Iterator[tuple[Message, Failure | None]]:
    """Send leased messages over one connection and tell how each went."""
    backend = get_connection()
    try:
        for message in messages:
            yield message, _send_one(message, backend)
    finally:
        backend.close()


def _send_one(message: Message, backend: BaseEmailBackend) -> Failure | None:
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[message.recipient],
        connection=backend,
        # The same for every try: a mail server that saw it before can tell.
        headers={"Message-ID": f"<{message.key}@{DOMAIN}>", "Auto-Submitted": "auto-generated"},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        codes = [code for code, _ in refusal.recipients.values()]
        return Failure(str(refusal), all(code in PERMANENT for code in codes))
    except (OSError, smtplib.SMTPException) as problem:
        return Failure(f"{type(problem).__name__}: {problem}", is_permanent=False)
    except ValueError as problem:
        # A header that cannot be written will not be writable tomorrow.
        return Failure(f"{type(problem).__name__}: {problem}", is_permanent=True)
    return None


@transaction.atomic
def settle(message: Message, failure: Failure | None, now: datetime) -> None:
    """Note how a try ended; a message that cannot be sent stays visible."""
    row = Message.objects.select_for_update().get(pk=message.pk)
    if row.state == Message.State.SENT:
        return
    row.lease_until = None
    if failure is None:
        row.state, row.sent_at, row.last_error = Message.State.SENT, now, ""
    else:
        row.last_error = failure.reason
        if failure.is_permanent or row.attempts >= MAX_ATTEMPTS:
            row.state = Message.State.DEAD
        else:
            row.state = Message.State.RETRY_WAIT
            row.next_try_at = now + BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
    row.save(update_fields=["state", "sent_at", "last_error", "lease_until", "next_try_at"])
