"""What happened, for people: entries are added and read, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from shop.core.actors import Actor
from shop.core.models import TimelineEntry
from shop.core.rows import insert
from shop.core.statements import Statement


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
    entry = TimelineEntry(
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
    insert([entry])
    return entry


@dataclass(frozen=True, slots=True)
class PastNote:
    """Something that happened to a subject, told afterwards."""

    subject_type: str
    subject_key: str
    kind: str
    message: str
    occurred_at: datetime


def record_past(*, notes: Sequence[PastNote], actor: Actor) -> None:
    """Note many things of the past at once, each in the thread of its own subject."""
    TimelineEntry.objects.bulk_create(
        [
            TimelineEntry(
                subject_type=note.subject_type,
                subject_key=note.subject_key,
                thread_type=note.subject_type,
                thread_key=note.subject_key,
                kind=note.kind,
                message=note.message,
                actor_kind=actor.kind,
                actor_key=actor.key,
                actor_label=actor.label,
                channel=actor.channel,
                correlation_id=actor.thread_id(),
                occurred_at=note.occurred_at,
            )
            for note in notes
        ],
        batch_size=500,
    )


THREAD = Statement(
    lambda thread_type, thread_key: entries(thread_type, thread_key),
)


def story(thread_type: str, thread_key: str) -> list[TimelineEntry]:
    """Answer a whole thread as rows, for pages that customers open."""
    return THREAD.all(thread_type=thread_type, thread_key=thread_key)


def entries(thread_type: str, thread_key: str) -> QuerySet[TimelineEntry]:
    """Answer a thread from its beginning."""
    return TimelineEntry.objects.filter(thread_type=thread_type, thread_key=thread_key).order_by(
        "occurred_at", "pk"
    )
