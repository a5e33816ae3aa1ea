"""What happened, for people: entries are added and read, never changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from shop.core.actors import Actor
from shop.core.models import TimelineEntry


def record(
    *,
    subject_type: str,
    subject_key: str,
    thread_type: str,
    thread_key: str,
    kind: str,
    message: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> TimelineEntry:
    """Note in a thread that something happened to a subject."""
    return TimelineEntry.objects.create(
        subject_type=subject_type,
        subject_key=subject_key,
        thread_type=thread_type,
        thread_key=thread_key,
        kind=kind,
        message=message,
        actor_kind=actor.kind,
        actor_key=actor.key,
        actor_label=actor.label,
        channel=actor.channel,
        correlation_id=actor.thread_id(),
        data=dict(data or {}),
        occurred_at=now,
    )


def entries(thread_type: str, thread_key: str) -> QuerySet[TimelineEntry]:
    """Answer a thread from its beginning."""
    return TimelineEntry.objects.filter(thread_type=thread_type, thread_key=thread_key).order_by(
        "occurred_at", "pk"
    )
