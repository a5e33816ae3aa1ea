"""Folding marks into jobs: one live job per record, however often it changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F

from crm_sync.models import ChangeMark, Connection, SyncJob
from crm_sync.models.outbox import FINISHED, Lane, Operation

MARKS_AT_ONCE = 2000
IDS_KEPT = 10
Name = tuple[str, str]


@dataclass(slots=True)
class Wish:
    """What several marks of one record come to."""

    operation: str = Operation.SAVE
    lane: str = Lane.LOW
    correlation_ids: list[str] = field(default_factory=list)
    created_at: datetime | None = None

    def add(self, mark: ChangeMark) -> None:
        """Take one more mark in; the later one decides what happened."""
        self.operation = mark.operation
        self.lane = Lane.LIVE if Lane.LIVE in (self.lane, mark.lane) else Lane.LOW
        self.created_at = self.created_at or mark.created_at
        if mark.correlation_id and mark.correlation_id not in self.correlation_ids:
            self.correlation_ids = [*self.correlation_ids, mark.correlation_id][-IDS_KEPT:]


def fold(connection: Connection, now: datetime) -> int:
    """Turn every mark that can be seen into jobs; answers how many marks there were."""
    folded = 0
    while count := _fold_some(connection, now):
        folded += count
    return folded


@transaction.atomic
def _fold_some(connection: Connection, now: datetime) -> int:
    if not ChangeMark.objects.exists():
        return 0
    in_turn(connection)
    marks = list(ChangeMark.objects.order_by("pk")[:MARKS_AT_ONCE])
    wishes: dict[Name, Wish] = {}
    for mark in marks:
        wishes.setdefault((mark.mapping, mark.key), Wish()).add(mark)
    want(connection, wishes, now)
    # Only what was read goes: a mark that commits in this moment stays for the next round.
    ChangeMark.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
    return len(marks)


def in_turn(connection: Connection) -> None:
    """Let one transaction at a time decide about jobs, so that no record gets two of them.

    It is asked for before any job is locked: in another order two workers could wait for each
    other.
    """
    Connection.objects.select_for_update().get(pk=connection.pk)


@transaction.atomic
def want(connection: Connection, wishes: Mapping[Name, Wish], now: datetime) -> dict[Name, SyncJob]:
    """Have a live job for each of these records, making or raising what is needed."""
    in_turn(connection)
    live = _live_jobs(connection, wishes)
    _raise_versions(wishes, live, now)
    fresh = [_job(connection, name, wish, now) for name, wish in wishes.items() if name not in live]
    SyncJob.objects.bulk_create(fresh)
    return live | {(job.mapping, job.key): job for job in fresh}


def _live_jobs(connection: Connection, names: Iterable[Name]) -> dict[Name, SyncJob]:
    by_mapping: dict[str, list[str]] = {}
    for mapping, key in names:
        by_mapping.setdefault(mapping, []).append(key)
    found: dict[Name, SyncJob] = {}
    for mapping, keys in by_mapping.items():
        rows = (
            SyncJob.objects.select_for_update()
            .filter(connection=connection, mapping=mapping, key__in=keys)
            .exclude(state__in=FINISHED)
            .order_by("pk")
        )
        found.update({(job.mapping, job.key): job for job in rows})
    return found


def _raise_versions(
    wishes: Mapping[Name, Wish], live: Mapping[Name, SyncJob], now: datetime
) -> None:
    raised = [job for name, job in live.items() if name in wishes]
    for job in raised:
        wish = wishes[job.mapping, job.key]
        job.operation = wish.operation
        job.lane = Lane.LIVE if Lane.LIVE in (job.lane, wish.lane) else Lane.LOW
        job.correlation_ids = [*job.correlation_ids, *wish.correlation_ids][-IDS_KEPT:]
        if job.state == SyncJob.State.DEAD:
            # The record changed, so what was wrong with it may be right now. One try counts as
            # made: what it may have left over there is looked for first.
            job.state, job.attempts, job.due_at = SyncJob.State.PENDING, 1, now
    SyncJob.objects.bulk_update(
        raised, ["operation", "lane", "correlation_ids", "state", "attempts", "due_at"]
    )
    SyncJob.objects.filter(pk__in=[job.pk for job in raised]).update(
        wanted_version=F("wanted_version") + 1
    )


def _job(connection: Connection, name: Name, wish: Wish, now: datetime) -> SyncJob:
    mapping, key = name
    return SyncJob(
        connection=connection,
        mapping=mapping,
        key=key,
        operation=wish.operation,
        lane=wish.lane,
        correlation_ids=wish.correlation_ids,
        due_at=now,
        created_at=wish.created_at or now,
    )
