"""Verbs of running the store."""

from datetime import datetime, timedelta

from django.db import transaction
from django_q.models import Schedule

from shop.core import jobs
from shop.platform.operations.clock import Rhythm, rhythm
from shop.platform.operations.models import Heartbeat

# Rows of the schedule table that are ours carry this; others belong to whoever made them.
_OURS = "store:"


@transaction.atomic
def record_heartbeat(*, name: str, sent_at: datetime, now: datetime) -> None:
    """Note that a worker is alive; beats may overtake each other, the newest counts."""
    beat = Heartbeat.objects.select_for_update().filter(name=name).first()
    if beat is None:
        Heartbeat.objects.bulk_create(
            [Heartbeat(name=name, sent_at=sent_at, at=now)], ignore_conflicts=True
        )
        return
    beat.sent_at = max(beat.sent_at, sent_at)
    beat.at = max(beat.at, now)
    beat.save(update_fields=["sent_at", "at"])


@transaction.atomic
def sync_schedules(*, now: datetime) -> int:
    """Carry every schedule that packages ask for into the worker's table; answer how many."""
    wanted = {f"{_OURS}{schedule.name}": schedule for schedule in jobs.schedules()}
    rows = Schedule.objects.filter(name__startswith=_OURS)
    rows.exclude(name__in=wanted).delete()
    known = {row.name: row for row in rows}
    for name, schedule in wanted.items():
        _sync(known.get(name) or Schedule(name=name), schedule, now=now)
    return len(wanted)


def _sync(row: Schedule, schedule: jobs.Schedule, *, now: datetime) -> None:
    # The runner's own arguments: which task, and under no click's id.
    arguments = f"{schedule.task!r}, ''"
    asked = schedule.cron or f"every {schedule.minutes} minutes"
    # The table has no column for what was asked; without it a daily job could never be moved.
    marker = f"{{'q_options': {{'group': {asked!r}}}}}"
    if row.pk and (row.args, row.kwargs) == (arguments, marker):
        return
    when = (
        rhythm(schedule.cron, now=now)
        if schedule.cron
        else Rhythm(Schedule.MINUTES, now + timedelta(seconds=schedule.minutes))
    )
    row.func = jobs.RUNNER
    row.args, row.kwargs = arguments, marker
    row.schedule_type, row.next_run = when.kind, when.next_run
    row.minutes = schedule.minutes or None
    row.repeats = -1
    row.save()
