"""Taking jobs to work on: a lease each, so that a crash gives them back."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from crm_sync.models import Connection, LaneLease, SyncJob
from crm_sync.models.outbox import CLAIMABLE, FINISHED, Lane

LEASE = timedelta(seconds=90)
BATCH_SIZES = {Lane.LIVE: 200, Lane.LOW: 400}


def take_lane(connection: Connection, lane: str, now: datetime) -> str:
    """Become the one who drains a lane; answers an empty text when somebody else is at it."""
    holder = uuid.uuid4().hex
    LaneLease.objects.get_or_create(connection=connection, lane=lane)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    taken = LaneLease.objects.filter(free, connection=connection, lane=lane).update(
        holder=holder, lease_until=now + LEASE
    )
    return holder if taken else ""


def keep_lane(connection: Connection, lane: str, holder: str, now: datetime) -> bool:
    """Hold on to a lane; false when the lease ran out and went to somebody else."""
    mine = LaneLease.objects.filter(connection=connection, lane=lane, holder=holder)
    return bool(mine.update(lease_until=now + LEASE))


def keep_jobs(jobs: Sequence[SyncJob], now: datetime) -> None:
    """Hold on to claimed jobs: a slow org is no reason for another worker to send them as well."""
    mine = SyncJob.objects.filter(pk__in=[job.pk for job in jobs], state=SyncJob.State.IN_FLIGHT)
    mine.update(lease_until=now + LEASE)


def give_lane(connection: Connection, lane: str, holder: str) -> None:
    """Let the next one drain."""
    mine = LaneLease.objects.filter(connection=connection, lane=lane, holder=holder)
    mine.update(holder="", lease_until=None)


@contextmanager
def lane_held(connection: Connection, lane: str, now: datetime) -> Iterator[str]:
    """Hold a lane for the block, if it is free."""
    holder = take_lane(connection, lane, now)
    try:
        yield holder
    finally:
        if holder:
            give_lane(connection, lane, holder)


def due_jobs(connection: Connection, lane: str, now: datetime) -> int:
    """Answer how many jobs of a lane could be sent now."""
    return SyncJob.objects.filter(
        connection=connection, lane=lane, state__in=CLAIMABLE, due_at__lte=now
    ).count()


@transaction.atomic
def recover(connection: Connection, now: datetime) -> int:
    """Give back what a crashed worker held, and wake who waited for something that is there."""
    lost = SyncJob.objects.filter(
        connection=connection, state=SyncJob.State.IN_FLIGHT, lease_until__lt=now
    ).update(
        # Nobody knows how far it got, so the next try looks before it sends.
        state=SyncJob.State.CHECKING,
        attempts=F("attempts") + 1,
        due_at=now,
        lease_until=None,
    )
    wake_dependents(connection, now)
    return lost


def wake_dependents(connection: Connection, now: datetime) -> int:
    """Let go those whose parent is finished or gone."""
    waiting = SyncJob.objects.filter(
        Q(depends_on__isnull=True) | Q(depends_on__state__in=FINISHED),
        connection=connection,
        state=SyncJob.State.BLOCKED,
    )
    return SyncJob.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(
        state=SyncJob.State.PENDING, due_at=now
    )


@transaction.atomic
def claim(connection: Connection, lane: str, now: datetime) -> list[SyncJob]:
    """Take the jobs that are due the longest."""
    jobs = list(
        SyncJob.objects.select_for_update(skip_locked=True)
        .filter(connection=connection, lane=lane, state__in=CLAIMABLE, due_at__lte=now)
        .order_by("due_at", "pk")[: BATCH_SIZES[Lane(lane)]]
    )
    SyncJob.objects.filter(pk__in=[job.pk for job in jobs]).update(
        state=SyncJob.State.IN_FLIGHT, lease_until=now + LEASE
    )
    return jobs
