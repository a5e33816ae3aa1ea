"""Queueing, sending and reviving messages."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string

from shop.core import audit, jobs
from shop.core.actors import Actor
from shop.core.keys import new_key
from shop.core.rows import insert_unless_there
from shop.directory.organization import selectors as organization
from shop.engagement.notifications import outbox
from shop.engagement.notifications.models import Message

DRAIN = "shop.engagement.notifications.tasks.drain"
SUBJECT_LENGTH = 250
BLANK_LINES = re.compile(r"\n\s*\n")

# A part of the sale that tells of it: no savepoint of its own, because it has no way to fail alone.
ONE_TRANSACTION = transaction.atomic(savepoint=False)


@ONE_TRANSACTION
def send(
    *,
    kind: str,
    recipient: str,
    context: Mapping[str, Any],
    dedupe_key: str,
    thread_type: str,
    thread_key: str,
    now: datetime,
) -> Message | None:
    """Render a message in the store's design and queue it; answer nothing if it was queued before.

    A recipient without an address gets nothing: imported customers may have none.
    """
    if not recipient:
        return None
    facts = {"store": organization.store(), **context}
    subject = render_to_string(f"emails/{kind}_subject.txt", facts)
    return send_rendered(
        kind=kind,
        recipient=recipient,
        subject=subject,
        text=render_to_string(f"emails/{kind}.txt", facts),
        html=render_to_string(f"emails/{kind}.html", {**facts, "subject": subject.strip()}),
        dedupe_key=dedupe_key,
        thread_type=thread_type,
        thread_key=thread_key,
        now=now,
    )


@ONE_TRANSACTION
def send_rendered(
    *,
    kind: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    now: datetime,
    dedupe_key: str = "",
    thread_type: str = "",
    thread_key: str = "",
) -> Message | None:
    """Queue a message that somebody else has rendered; once for each dedupe key."""
    message = Message(
        kind=kind,
        recipient=recipient,
        subject=" ".join(subject.split())[:SUBJECT_LENGTH],
        text=BLANK_LINES.sub("\n\n", text.strip()) + "\n",
        html=html,
        dedupe_key=dedupe_key or f"{kind}:{new_key()}",
        thread_type=thread_type,
        thread_key=thread_key,
        next_try_at=now,
        created_at=now,
    )
    # The insert decides: a parallel one with the same key waits for us and then writes nothing.
    if not insert_unless_there(message):
        return None
    jobs.enqueue(DRAIN)
    return message


def drain(now: datetime) -> int:
    """Send everything that is due (no transaction round the sending); answer how much went out."""
    sent = 0
    while messages := outbox.claim(now):
        for message, failure in outbox.deliver(messages):
            outbox.settle(message, failure, now)
            sent += failure is None
    return sent


@transaction.atomic
def retry(*, message_id: int, actor: Actor, now: datetime) -> Message:
    """Try a given-up message again, because a person asked for it."""
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.state in {Message.State.DEAD, Message.State.RETRY_WAIT}:
        message.state = Message.State.QUEUED
        message.attempts = 0
        message.next_try_at = now
        message.save(update_fields=["state", "attempts", "next_try_at"])
        audit.record(
            action="message.retried",
            subject_type="message",
            subject_key=message.key,
            actor=actor,
            now=now,
            after={"kind": message.kind},
        )
        jobs.enqueue(DRAIN)
    return message
