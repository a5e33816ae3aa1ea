"""What becomes of jobs after a batch: done, tried again later, waiting, or dead."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from crm_sync.client.faults import Fault, Kind, Treatment
from crm_sync.engine.folding import Wish, in_turn, want
from crm_sync.engine.run import Outcome, Run
from crm_sync.models import SyncJob
from crm_sync.models.outbox import Lane

BASE_SECONDS = 2.0
LONGEST_SECONDS = 600.0
MAX_ATTEMPTS = 8
QUICK_LOCK_TRIES = 3
QUICK_LOCK_SECONDS = 4.0
AUTOMATION_TRIES = 2
WAITING_PAUSE = timedelta(minutes=15)  # for storage or calls that somebody else frees
_chance = random.SystemRandom()
SENT = Outcome()
_FIELDS = [
    "state",
    "attempts",
    "due_at",
    "lease_until",
    "last_error_code",
    "last_error",
    "skipped_because",
    "sent_version",
    "done_at",
    "depends_on",
]


@transaction.atomic
def settle(run: Run, jobs: Sequence[SyncJob]) -> None:
    """Write what became of every job of the batch; those without an outcome just go back."""
    in_turn(run.connection)
    now = run.clock()
    lane = jobs[0].lane if jobs else Lane.LIVE
    parents = _parents(run, jobs, lane, now)
    claimed = {job.pk: job for job in jobs}
    rows = SyncJob.objects.select_for_update().filter(pk__in=claimed).order_by("pk")
    changed, finished = [], []
    for row in rows:
        if row.state != SyncJob.State.IN_FLIGHT:
            continue  # the lease ran out and somebody else took over
        is_same = row.wanted_version == claimed[row.pk].wanted_version
        if is_same and run.outcomes.get(row.pk) == SENT:
            finished.append(row.pk)
            continue
        _apply(row, claimed[row.pk], run, parents, now)
        changed.append(row)
    SyncJob.objects.bulk_update(changed, _FIELDS)
    _finish_all(finished, now)
    wishes = {name: Wish(lane=lane) for name in run.wanted}
    want(run.connection, wishes, now)


def _finish_all(ids: Sequence[int], now: datetime) -> None:
    """Most jobs of a batch end well: they share one statement."""
    SyncJob.objects.filter(pk__in=ids).update(
        state=SyncJob.State.DONE,
        sent_version=F("wanted_version"),
        last_error_code="",
        last_error="",
        skipped_because="",
        attempts=0,
        depends_on=None,
        lease_until=None,
        done_at=now,
    )


def _parents(
    run: Run, jobs: Sequence[SyncJob], lane: str, now: datetime
) -> Mapping[tuple[str, str], SyncJob]:
    """Make sure that whatever a job waits for is on its way."""
    blockers = {
        outcome.blocked_by
        for job in jobs
        if (outcome := run.outcomes.get(job.pk)) and outcome.blocked_by
    }
    return want(run.connection, {name: Wish(lane=lane) for name in blockers}, now)


def _apply(
    row: SyncJob,
    claimed: SyncJob,
    run: Run,
    parents: Mapping[tuple[str, str], SyncJob],
    now: datetime,
) -> None:
    outcome = run.outcomes.get(row.pk)
    row.lease_until = None
    if row.pk in run.progressed:
        row.attempts = 0  # it got further than before: tries count from here
    if outcome is None:
        row.state, row.due_at = SyncJob.State.PENDING, now
    elif outcome.blocked_by:
        _block(row, parents[outcome.blocked_by])
    elif outcome.fault:
        _fail(row, outcome.fault, now)
    else:
        _finish(row, claimed, outcome, now)


def _finish(row: SyncJob, claimed: SyncJob, outcome: Outcome, now: datetime) -> None:
    row.sent_version = claimed.wanted_version
    row.last_error_code = row.last_error = ""
    row.skipped_because = outcome.skipped_because[:200]
    row.attempts = 0
    row.depends_on = None
    if row.wanted_version == claimed.wanted_version:
        row.state, row.done_at = SyncJob.State.DONE, now
    else:
        row.state, row.due_at = SyncJob.State.PENDING, now


def _block(row: SyncJob, parent: SyncJob) -> None:
    """Waiting twice for the same parent means that it finished without leaving a record."""
    row.attempts = row.attempts + 1 if row.depends_on_id == parent.pk else row.attempts
    row.depends_on = parent
    row.state = SyncJob.State.BLOCKED
    row.last_error_code = "WAITS"
    row.last_error = f"Waits for {parent.mapping} {parent.key}."


def _fail(row: SyncJob, fault: Fault, now: datetime) -> None:
    if fault.treatment is not Treatment.WAIT:  # waiting for room is no try
        row.attempts += 1
    row.last_error_code = fault.code[:80]
    row.last_error = fault.in_words()
    row.state, delay = _sentence(row, fault)
    row.due_at = now + max(delay, timedelta(seconds=fault.pause_seconds))


def _sentence(row: SyncJob, fault: Fault) -> tuple[SyncJob.State, timedelta]:
    if fault.treatment is Treatment.FIX or row.attempts >= _limit(fault):
        return SyncJob.State.DEAD, timedelta()
    if fault.treatment is Treatment.WAIT:
        return SyncJob.State.BUDGET_WAIT, WAITING_PAUSE
    if fault.kind is Kind.UNKNOWN:
        return SyncJob.State.CHECKING, back_off(row.attempts)
    if fault.kind is Kind.CONTENTION and row.attempts <= QUICK_LOCK_TRIES:
        return SyncJob.State.RETRY_WAIT, timedelta(
            seconds=_chance.uniform(BASE_SECONDS / 4, QUICK_LOCK_SECONDS)
        )
    return SyncJob.State.RETRY_WAIT, back_off(row.attempts)


def _limit(fault: Fault) -> int:
    if fault.kind is Kind.AUTOMATION:
        return AUTOMATION_TRIES + 1
    return MAX_ATTEMPTS + 1


def back_off(attempts: int) -> timedelta:
    """Wait longer each time, by chance, so that many do not come back together."""
    ceiling = min(LONGEST_SECONDS, BASE_SECONDS * 2.0 ** max(attempts - 1, 0))
    return timedelta(seconds=_chance.uniform(0, ceiling))
