"""Several workers at one outbox: nothing twice, nothing forgotten."""

import threading

import pytest
from django.db import connections as databases
from django.db import transaction

from crm_sync import connections
from crm_sync.engine.claiming import claim, give_lane, take_lane
from crm_sync.engine.drain import drain
from crm_sync.engine.folding import Wish, fold, want
from crm_sync.models import ChangeMark, SyncAttempt, SyncJob
from tests.crm_sync.fixtures import connected, org, org_process
from tests.factories.crm_sync import NOW, order_differences, unfinished
from tests.factories.orders import placed_order
from tests.factories.pricing import sellable_variant

__all__ = ["connected", "org", "org_process"]
pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
WORKERS = 6


def together(work, count=WORKERS) -> list:
    """Do the same in many threads at the same moment; answers what each answered."""
    barrier = threading.Barrier(count)
    answers = []

    def one():
        barrier.wait()
        try:
            answers.append(work())
        except BaseException as error:  # noqa: BLE001 - a test must see what a thread saw
            answers.append(error)
        finally:
            databases.close_all()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    problems = [answer for answer in answers if isinstance(answer, BaseException)]
    assert problems == []
    return answers


def marks(count):
    ChangeMark.objects.bulk_create(
        ChangeMark(mapping="customer", key=f"K{number}", operation="save", created_at=NOW)
        for number in range(count)
    )


@pytest.mark.req("CRM-09")
def test_many_workers_fold_each_mark_once():
    connection = connections.connection()
    marks(300)

    assert sum(together(lambda: fold(connection, NOW))) == 300
    assert SyncJob.objects.count() == 300
    assert not ChangeMark.objects.exists()


@pytest.mark.req("CRM-09")
def test_many_who_want_the_same_record_get_one_job():
    connection = connections.connection()
    names = [("customer", f"K{number}") for number in range(20)]

    together(lambda: want(connection, {name: Wish() for name in names}, NOW))

    assert SyncJob.objects.count() == 20
    assert set(SyncJob.objects.values_list("wanted_version", flat=True)) == {WORKERS}


def test_a_mark_that_commits_during_folding_is_not_forgotten():
    connection = connections.connection()
    marks(1)
    with transaction.atomic():
        late = ChangeMark.objects.create(
            mapping="customer", key="LATE", operation="save", created_at=NOW
        )
        thread = threading.Thread(target=lambda: (fold(connection, NOW), databases.close_all()))
        thread.start()
        thread.join(240)

    assert list(ChangeMark.objects.values_list("pk", flat=True)) == [late.pk]
    assert fold(connection, NOW) == 1


@pytest.mark.req("CRM-39")
def test_no_job_is_claimed_twice():
    connection = connections.connection()
    marks(100)
    fold(connection, NOW)

    claimed = together(lambda: [job.pk for job in claim(connection, "live", NOW)])

    flat = [pk for part in claimed for pk in part]
    assert len(flat) == len(set(flat)) == 100


def test_only_one_worker_gets_a_lane():
    connection = connections.connection()
    holders = [holder for holder in together(lambda: take_lane(connection, "live", NOW)) if holder]

    assert len(holders) == 1
    give_lane(connection, "live", holders[0])
    assert take_lane(connection, "live", NOW)


@pytest.mark.req("CRM-08", "CRM-09")
def test_workers_that_drain_together_send_each_order_once(connected, org, monkeypatch):
    monkeypatch.setattr("shop.core.jobs.WakeUps.committed", lambda self: None)
    with transaction.atomic():
        variant = sellable_variant(stock=100)
    for number in range(10):
        with transaction.atomic():
            placed_order(
                (variant, 1),
                email=f"guest{number % 3}@example.com",
                payment_method="cod",
                key=f"order {number}",
            )

    together(lambda: drain(NOW))
    drain(NOW)

    assert unfinished() == []
    assert order_differences(org) == []
    created = SyncAttempt.objects.filter(is_created=True).values_list("external_id", flat=True)
    assert len(created) == len(set(created))
