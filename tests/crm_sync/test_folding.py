"""Jobs: one per record, none lost while another is under way."""

from datetime import timedelta

import pytest
from django.db import transaction

from crm_sync import connections
from crm_sync.client.faults import Fault, Kind
from crm_sync.engine.claiming import LEASE, claim, recover
from crm_sync.engine.facts import NO_FACTS
from crm_sync.engine.folding import fold
from crm_sync.engine.run import Run
from crm_sync.engine.settling import MAX_ATTEMPTS, settle
from crm_sync.models import ChangeMark, SyncJob
from crm_sync.receivers import mark
from tests.factories.orders import NOW

pytestmark = pytest.mark.django_db


def change(key="A", mapping="customer", lane="live"):
    with transaction.atomic():
        mark([(mapping, key, "save")], lane)


def change_again(key="A"):
    """A second transaction would mark again; inside one test the memory must be cleared."""
    ChangeMark.objects.create(mapping="customer", key=key, operation="save", created_at=NOW)


def run_of(connection):
    return Run(connection, None, NO_FACTS, lambda: NOW)


@pytest.mark.req("CRM-39")
def test_ten_changes_of_one_record_are_one_job():
    connection = connections.connection()
    for _ in range(10):
        change_again()

    assert fold(connection, NOW) == 10

    assert SyncJob.objects.values_list("mapping", "key", "state").get() == (
        "customer",
        "A",
        "PENDING",
    )
    assert not ChangeMark.objects.exists()


@pytest.mark.req("CRM-39")
def test_a_change_that_arrives_in_flight_makes_the_job_pending_again():
    connection = connections.connection()
    change()
    fold(connection, NOW)
    (job,) = claim(connection, "live", NOW)
    change_again()
    fold(connection, NOW)
    run = run_of(connection)
    run.done(job)

    settle(run, [job])

    job.refresh_from_db()
    assert (job.state, job.sent_version, job.wanted_version) == ("PENDING", 1, 2)


def test_a_finished_job_stays_and_the_next_change_makes_a_new_one():
    connection = connections.connection()
    change()
    fold(connection, NOW)
    (job,) = claim(connection, "live", NOW)
    run = run_of(connection)
    run.done(job)
    settle(run, [job])

    change_again()
    fold(connection, NOW)

    assert sorted(SyncJob.objects.values_list("state", flat=True)) == ["DONE", "PENDING"]


@pytest.mark.req("CRM-26")
def test_a_dead_job_is_not_sent_again_until_its_record_changes():
    connection = connections.connection()
    change()
    fold(connection, NOW)
    (job,) = claim(connection, "live", NOW)
    run = run_of(connection)
    run.fail(job, Fault(kind=Kind.PERMANENT, code="STRING_TOO_LONG", message="too long"))
    settle(run, [job])
    assert claim(connection, "live", NOW + timedelta(days=30)) == []

    change_again()
    fold(connection, NOW)

    (again,) = claim(connection, "live", NOW)
    # One try counts as made, so what it may have left in the org is looked for first.
    assert (again.pk, again.attempts) == (job.pk, 1)


@pytest.mark.req("CRM-26")
def test_what_can_be_retried_is_retried_eight_times_and_then_dead():
    connection = connections.connection()
    change()
    fold(connection, NOW)
    states = []
    for number in range(MAX_ATTEMPTS + 1):
        (job,) = claim(connection, "live", NOW + number * timedelta(hours=1))
        run = run_of(connection)
        run.fail(job, Fault(kind=Kind.TRANSIENT, code="SERVER_UNAVAILABLE", message="down"))
        settle(run, [job])
        job.refresh_from_db()
        states.append(job.state)

    assert states == ["RETRY_WAIT"] * MAX_ATTEMPTS + ["DEAD"]


def test_getting_further_than_before_counts_tries_from_there():
    connection = connections.connection()
    change()
    fold(connection, NOW)
    SyncJob.objects.update(attempts=7)
    (job,) = claim(connection, "live", NOW)
    run = run_of(connection)
    run.progressed.add(job.pk)
    run.fail(job, Fault(kind=Kind.TRANSIENT, code="SERVER_UNAVAILABLE", message="down"))

    settle(run, [job])

    job.refresh_from_db()
    assert (job.state, job.attempts) == ("RETRY_WAIT", 1)


@pytest.mark.req("CRM-09")
def test_what_a_killed_worker_held_comes_back_and_is_looked_at_first():
    connection = connections.connection()
    change()
    fold(connection, NOW)
    claim(connection, "live", NOW)

    assert recover(connection, NOW + LEASE - timedelta(seconds=1)) == 0
    assert recover(connection, NOW + LEASE + timedelta(seconds=1)) == 1

    job = SyncJob.objects.get()
    assert (job.state, job.attempts, job.lease_until) == ("CHECKING", 1, None)


def test_live_work_is_not_in_the_low_lane():
    connection = connections.connection()
    change("slow", lane="low")
    change("quick")
    fold(connection, NOW)

    assert [job.key for job in claim(connection, "live", NOW)] == ["quick"]


def test_a_live_change_lifts_a_waiting_backfill_job():
    connection = connections.connection()
    change(lane="low")
    fold(connection, NOW)
    change_again()
    fold(connection, NOW)

    assert SyncJob.objects.get().lane == "live"


def test_nobody_claims_what_another_has_claimed():
    connection = connections.connection()
    change()
    fold(connection, NOW)
    claim(connection, "live", NOW)

    assert claim(connection, "live", NOW) == []


def test_a_job_that_waits_goes_on_when_its_parent_is_done():
    connection = connections.connection()
    change("child", mapping="order")
    fold(connection, NOW)
    (child,) = claim(connection, "live", NOW)
    run = run_of(connection)
    run.block(child, "customer", "parent")
    settle(run, [child])
    child.refresh_from_db()
    assert (child.state, child.depends_on.key) == ("BLOCKED", "parent")

    (parent,) = claim(connection, "live", NOW)
    run = run_of(connection)
    run.done(parent)
    settle(run, [parent])
    recover(connection, NOW)

    assert [job.key for job in claim(connection, "live", NOW)] == ["child"]
