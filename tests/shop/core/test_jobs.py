from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from shop.core import jobs, options
from shop.core.actors import bind_correlation_id, correlation_id

NOW = datetime(2026, 3, 14, tzinfo=UTC)
HERE = "tests.shop.core.test_jobs"
calls: list[tuple[tuple[object, ...], str]] = []


def note(*args):
    """A task for these tests."""
    calls.append((args, correlation_id()))


@transaction.atomic
def _enqueue_and_fail():
    jobs.enqueue(f"{HERE}.note", 1)
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def _no_calls():
    calls.clear()


@pytest.mark.django_db(transaction=True)
def test_a_job_waits_for_the_commit():
    with transaction.atomic():
        jobs.enqueue(f"{HERE}.note", 1)
        assert calls == []

    assert [args for args, _ in calls] == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_job_of_work_that_was_rolled_back_never_runs():
    with pytest.raises(ZeroDivisionError):
        _enqueue_and_fail()

    assert calls == []


@pytest.mark.django_db(transaction=True)
def test_asking_twice_in_one_transaction_wakes_once():
    with transaction.atomic():
        jobs.enqueue(f"{HERE}.note", 1)
        jobs.enqueue(f"{HERE}.note", 2)
        jobs.enqueue(f"{HERE}.note", 1)

    assert [args for args, _ in calls] == [(1,), (2,)]


@pytest.mark.django_db(transaction=True)
def test_a_wake_up_lost_with_a_savepoint_can_be_asked_for_again():
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError):
            _enqueue_and_fail()
        jobs.enqueue(f"{HERE}.note", 1)

    assert [args for args, _ in calls] == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_under_the_id_of_the_click_that_caused_it():
    with bind_correlation_id("CLICK1"), transaction.atomic():
        jobs.enqueue(f"{HERE}.note")

    assert calls == [((), "CLICK1")]


@pytest.mark.django_db(transaction=True)
def test_with_a_worker_the_queue_gets_a_name_and_ids(settings):
    settings.JOBS_INLINE = False

    with transaction.atomic():
        jobs.enqueue(f"{HERE}.note", 7)

    task = OrmQ.objects.get().task
    assert (task["func"], task["args"]) == (jobs.RUNNER, (f"{HERE}.note", "", 7))
    assert calls == []


@pytest.mark.django_db(transaction=True)
def test_the_wake_ups_of_a_transaction_go_to_the_queue_together(settings):
    settings.JOBS_INLINE = False

    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        for number in range(4):
            jobs.enqueue(f"{HERE}.note", number)

    words = [query["sql"].split()[0] for query in captured.captured_queries]
    assert words.count("INSERT") == 1
    rows = OrmQ.objects.order_by("pk")
    assert [(row.key, row.task["args"][2]) for row in rows] == [("store", n) for n in range(4)]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_a_job_is_handed_over_at_once(settings):
    settings.JOBS_INLINE = False

    jobs.enqueue(f"{HERE}.note", 7)

    assert OrmQ.objects.get().task["args"] == (f"{HERE}.note", "", 7)


@pytest.mark.django_db
def test_one_failing_outbox_does_not_stop_the_others(monkeypatch):
    drains = {}
    monkeypatch.setattr(jobs, "_drains", drains)

    def broken(now):
        raise OSError("no mail server")

    jobs.register_drain("broken", broken)
    jobs.register_drain("good", lambda now: drains.__len__())

    with pytest.raises(ExceptionGroup) as failure:
        jobs.drain_all(NOW)

    assert [str(problem) for problem in failure.value.exceptions] == ["no mail server"]
    del drains["broken"]
    assert jobs.drain_all(NOW) == {"good": 1}


def test_a_schedule_names_minutes_or_a_cron_line(monkeypatch):
    monkeypatch.setattr(jobs, "_schedules", {})

    jobs.register_schedule("night", "x.tasks.y", cron="0 1 * * *")

    assert [row.cron for row in jobs.schedules()] == ["0 1 * * *"]
    with pytest.raises(ValueError, match="minutes or cron"):
        jobs.register_schedule("both", "x.tasks.y", minutes=1, cron="0 1 * * *")


@pytest.mark.django_db
def test_each_job_reads_the_settings_afresh(django_assert_num_queries):
    def twice(now):
        options.value("store.name")
        options.value("store.currency")
        return 1

    with django_assert_num_queries(1), options.snapshot():
        twice(NOW)
