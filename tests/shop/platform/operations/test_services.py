"""Schedules and signs of life."""

from datetime import UTC, datetime, timedelta

import pytest
from django_q.models import Schedule

from shop.core import jobs
from shop.platform.operations import services, tasks
from shop.platform.operations.clock import rhythm
from shop.platform.operations.models import Heartbeat

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)  # a Sunday, 17:30 in the store
pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch):
    """Schedules of this test alone."""
    wanted = {}
    monkeypatch.setattr(jobs, "_schedules", wanted)
    return wanted


def test_schedules_are_carried_into_the_table_and_kept(asked):
    jobs.register_schedule("sweep", "shop.platform.operations.tasks.beat", minutes=5)
    jobs.register_schedule("nightly", "shop.platform.operations.tasks.beat", cron="30 2 * * *")

    services.sync_schedules(now=NOW)
    first = list(Schedule.objects.order_by("pk").values())
    services.sync_schedules(now=NOW + timedelta(hours=1))

    assert list(Schedule.objects.order_by("pk").values()) == first
    sweep, nightly = first
    assert (sweep["schedule_type"], sweep["minutes"], sweep["repeats"]) == ("I", 5, -1)
    assert nightly["schedule_type"] == "D"
    assert nightly["next_run"] == datetime(2026, 3, 1, 21, tzinfo=UTC)  # 02:30 in the store
    assert sweep["func"] == jobs.RUNNER
    assert sweep["args"] == "'shop.platform.operations.tasks.beat', ''"


def test_a_changed_schedule_is_moved_and_a_dropped_one_removed(asked):
    jobs.register_schedule("sweep", "shop.platform.operations.tasks.beat", minutes=5)
    jobs.register_schedule("gone", "shop.platform.operations.tasks.beat", minutes=5)
    Schedule.objects.create(name="somebody's own", func="x", next_run=NOW)
    services.sync_schedules(now=NOW)
    asked.pop("gone")
    jobs.register_schedule("sweep", "shop.platform.operations.tasks.beat", minutes=7)

    services.sync_schedules(now=NOW)

    found = dict(Schedule.objects.values_list("name", "minutes"))
    assert found == {"store:sweep": 7, "somebody's own": None}


@pytest.mark.parametrize(
    ("cron", "kind", "next_run"),
    [
        ("15 * * * *", "H", datetime(2026, 3, 1, 12, 45, tzinfo=UTC)),
        ("0 18 * * *", "D", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ("0 3 * * 1", "W", datetime(2026, 3, 1, 21, 30, tzinfo=UTC)),
        ("0 3 1 * *", "M", datetime(2026, 3, 31, 21, 30, tzinfo=UTC)),
    ],
)
def test_cron_lines_become_rhythms_of_store_time(cron, kind, next_run):
    found = rhythm(cron, now=NOW)

    assert (found.kind, found.next_run) == (kind, next_run)


@pytest.mark.parametrize("cron", ["*/5 * * * *", "0 3", "0 3 * 2 *"])
def test_cron_lines_beyond_that_are_refused(cron):
    with pytest.raises(ValueError, match="understood"):
        rhythm(cron, now=NOW)


def test_a_beat_that_was_overtaken_does_not_turn_back_the_clock():
    services.record_heartbeat(name="worker", sent_at=NOW, now=NOW)
    services.record_heartbeat(
        name="worker", sent_at=NOW - timedelta(minutes=1), now=NOW - timedelta(seconds=1)
    )

    beat = Heartbeat.objects.get()
    assert (beat.sent_at, beat.at) == (NOW, NOW)


def test_the_beat_job_leaves_a_sign_of_life():
    tasks.beat("worker", NOW.isoformat())

    assert Heartbeat.objects.get().sent_at == NOW
