"""An org that fails: in the end it equals the shop, nothing twice, nothing given up too early."""

import random
import time
from datetime import timedelta

import pytest

from crm_sync import connections, services
from crm_sync.engine.drain import drain
from crm_sync.mappings import orders
from crm_sync.models import Connection, SyncAttempt, SyncCall, SyncJob
from shop.core.actors import SYSTEM_ACTOR
from shop.directory.customers.models import Customer
from shop.sales.orders.models import Order
from tests.crm_sync.orgs import OrgProcess, free_port
from tests.factories.crm_sync import NOW, dead_letters, order_differences, unfinished
from tests.factories.orders import placed_order, registered_customer
from tests.factories.payments import started_payment, tell
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
# What a fault leaves alone: signing in must work for anything to happen at all.
FAULTS = [
    ("expire_token", 0.1),
    ("unavailable", 0.1),
    ("server_error", 0.1),
    ("lock_row", 0.1),
    ("quota", 0.1),
    ("duplicate_alert", 0.1),
    ("drop_after_commit", 0.2),
    ("late_commit", 0.1),
    ("maintenance", 0.1),
]


class Season:
    """Orders of guests and registered people, paid, unpaid and on delivery."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.variants = [
            sellable_variant(price=f"{99 + 37 * at}.50", stock=9_000) for at in range(5)
        ]
        self.people = [registered_customer(email=f"buyer{at}@example.com") for at in range(4)]
        self.placed = 0

    def sell(self, count: int) -> None:
        """Place some orders more."""
        rng = self.rng
        for _ in range(count):
            self.placed += 1
            person = rng.choice([*self.people, None, None])
            order = placed_order(
                (rng.choice(self.variants), rng.randint(1, 3)),
                customer=person,
                email=person.email if person else f"guest{rng.randint(1, 5)}@example.com",
                payment_method=rng.choice(["card", "card", "cod"]),
                key=f"order {self.placed}",
            )
            if order.payment_method == "card" and rng.random() < 0.6:
                tell(started_payment(order))


def season(count: int, rng: random.Random) -> None:
    Season(rng).sell(count)


def people_differences(org) -> list[str]:
    """Every customer is one lead or one contact, and nobody is both."""
    contacts = org.query("SELECT Shop_Id__c FROM Contact")
    open_leads = org.query("SELECT Shop_Id__c FROM Lead WHERE IsConverted = false")
    names = [row["Shop_Id__c"].rpartition("-")[2] for row in [*contacts, *open_leads]]
    wanted = sorted(Customer.objects.filter(merged_into=None).values_list("key", flat=True))
    return [] if sorted(names) == wanted else [f"people: {sorted(names)} instead of {wanted}"]


def assert_equal(org) -> None:
    assert unfinished() == []
    assert order_differences(org) == []
    assert people_differences(org) == []


@pytest.mark.req("CRM-26")
@pytest.mark.parametrize(("kind", "rate"), FAULTS)
def test_an_org_that_fails_now_and_then_ends_equal_to_the_shop(org, sync, kind, rate):
    season(12, random.Random(kind))
    org.faults({"kind": kind, "rate": rate})

    sync(rounds=60)

    org.clear_faults()
    assert_equal(org)


@pytest.mark.req("CRM-26")
def test_forty_orders_under_all_faults_together_end_equal_to_the_shop(org, sync):
    year = Season(random.Random(40))
    org.faults(*({"kind": kind, "rate": rate / 2} for kind, rate in FAULTS))
    for number in range(4):
        year.sell(10)
        sync(at=NOW + timedelta(hours=number), rounds=1)

    sync(at=NOW + timedelta(days=1), rounds=120)

    org.clear_faults()
    assert_equal(org)


@pytest.mark.slow
@pytest.mark.req("CRM-26")
@pytest.mark.parametrize(("kind", "rate"), FAULTS)
def test_five_hundred_orders_end_equal_to_the_shop(org, sync, kind, rate, record_property):
    year = Season(random.Random(kind))
    org.faults({"kind": kind, "rate": rate})
    seconds = 0.0
    # In parts, because a batch of hundreds makes few calls, and so meets few faults.
    for number in range(25):
        year.sell(20)
        began = time.monotonic()
        sync(at=NOW + timedelta(hours=number), rounds=2 if number < 24 else 200)
        seconds += time.monotonic() - began

    hit = sum(fault["hits"] for fault in org.switch("GET", "faults"))
    org.clear_faults()
    assert hit > 0
    assert_equal(org)
    for name, figure in {
        "orders": Order.objects.count(),
        "faults_hit": hit,
        "calls": SyncCall.objects.count(),
        "sync_seconds": round(seconds, 1),
    }.items():
        record_property(name, figure)


@pytest.mark.req("CRM-26")
def test_a_blocking_duplicate_rule_needs_a_person_and_a_replay_heals_it(org, sync):
    customer = registered_customer()
    org.faults({"kind": "duplicate_block", "rate": 1.0, "object": "Lead"})
    sync()
    ((mapping, words),) = dead_letters()
    assert mapping == "customer"
    assert words.startswith("DUPLICATES_DETECTED")
    org.clear_faults()

    services.replay(
        job_ids=SyncJob.objects.filter(state="DEAD").values_list("pk", flat=True),
        actor=SYSTEM_ACTOR,
        now=NOW,
    )
    sync()

    assert [row["Shop_Id__c"] for row in org.query("SELECT Shop_Id__c FROM Lead")] == [
        f"main-cust-{customer.key}"
    ]


@pytest.mark.req("CRM-09")
def test_with_the_org_down_nothing_is_lost_and_no_try_is_counted(connected, org, sync, tmp_path):
    elsewhere = OrgProcess(port=free_port(), folder=tmp_path / "late")
    connected.login_url = elsewhere.url
    connected.save()
    placed_order()
    for number in range(20):
        drain(NOW + timedelta(minutes=2 * number))
    assert set(SyncJob.objects.values_list("state", "attempts")) == {("PENDING", 0)}
    assert "cannot be reached" in Connection.objects.get().trouble

    elsewhere.start()
    connected.refresh_from_db()
    connected.client_id = elsewhere.credentials["client_id"]
    connected.client_secret = elsewhere.credentials["client_secret"]
    connected.save()
    try:
        sync(at=NOW + timedelta(hours=2))
        assert order_differences(elsewhere) == []
    finally:
        elsewhere.stop()


@pytest.mark.req("CRM-26")
def test_five_failures_in_a_row_open_the_breaker(connected, org):
    placed_order()
    org.faults({"kind": "unavailable", "rate": 1.0})
    for number in range(20):
        drain(NOW + timedelta(seconds=number))

    row = Connection.objects.get()
    assert row.resume_at is not None
    before = org.stats()["requests"]
    drain(row.resume_at - timedelta(milliseconds=500))
    assert org.stats()["requests"] == before


@pytest.mark.req("CRM-26")
def test_an_exhausted_limit_waits_and_goes_on_when_there_are_calls_again(connected, org, sync):
    placed_order()
    org.limits(1)
    drain(NOW)
    assert dead_letters() == []
    assert Connection.objects.get().budget_until is not None

    org.limits(15_000)
    sync(at=NOW + timedelta(hours=1))

    assert order_differences(org) == []


@pytest.mark.req("CRM-26")
def test_low_priority_work_leaves_the_reserve_to_others(connected, org, sync):
    variant = sellable_variant()
    sync()
    type(variant).objects.update(title="Changed")
    services.want_everything(mappings=["product"], now=NOW)
    org.limits(20)
    for _ in range(16):
        org.call("GET", "limits")
    Connection.objects.update(calls_used=85, calls_limit=100)

    drain(NOW + timedelta(minutes=1))
    assert SyncJob.objects.latest("pk").state == "PENDING"

    org.limits(15_000)
    drain(NOW + timedelta(hours=1))
    assert SyncJob.objects.latest("pk").state == "DONE"


@pytest.mark.req("CRM-26")
def test_a_refused_sign_in_stops_everything_and_says_why(connected, org):
    placed_order()
    connected.client_secret = "wrong"
    connected.save()

    drain(NOW)
    before = org.stats()["requests"]
    drain(NOW + timedelta(minutes=1))

    row = Connection.objects.get()
    assert row.state == "SIGN_IN_FAILED"
    assert "client secret is wrong" in row.trouble
    assert org.stats()["requests"] == before
    assert set(SyncJob.objects.values_list("state", "attempts")) == {("PENDING", 0)}


def test_a_retired_version_stops_everything(connected, org):
    placed_order()
    connected.api_version = "30.0"
    connected.save()

    drain(NOW)

    assert Connection.objects.get().state == "STOPPED"


def test_while_paused_the_queue_fills_and_nothing_is_sent(connected, org, sync):
    services.set_paused(is_paused=True, actor=SYSTEM_ACTOR, now=NOW)
    placed_order()
    sync(rounds=2)
    assert org.query("SELECT Id FROM Order") == []

    services.set_paused(is_paused=False, actor=SYSTEM_ACTOR, now=NOW)
    sync()

    assert order_differences(org) == []


@pytest.mark.req("CRM-09")
def test_a_worker_killed_in_the_middle_leaves_nothing_half_done(org, sync, monkeypatch):
    season(8, random.Random(9))
    org.faults({"kind": "drop_after_commit", "nth": 4})

    class Killed(BaseException):
        """As kill -9 would: no handler of ours runs."""

    calls = []

    def die(*args, **kwargs):
        calls.append(args)
        if len(calls) == 3:
            raise Killed
        return original(*args, **kwargs)

    original = SyncAttempt.objects.bulk_create
    monkeypatch.setattr("crm_sync.engine.run.SyncAttempt.objects.bulk_create", die)
    with pytest.raises(Killed):
        drain(NOW)
    monkeypatch.undo()
    assert SyncJob.objects.filter(state="IN_FLIGHT").exists()

    sync(at=NOW + timedelta(minutes=5), rounds=40)

    org.clear_faults()
    assert_equal(org)


def test_an_own_error_in_one_record_stops_only_that_record(org, sync, monkeypatch):
    good, bad = placed_order(key="good"), placed_order(key="bad")
    original = orders.order_record

    def broken(facts, **given):
        if facts.key == bad.key:
            raise ZeroDivisionError
        return original(facts, **given)

    monkeypatch.setattr(orders, "order_record", broken)
    sync()

    assert [mapping for mapping, _ in dead_letters()] == ["order"]
    assert [row["PoNumber"] for row in org.query("SELECT PoNumber FROM Order")] == [good.number]


def test_without_a_connection_changes_only_wait(db):
    placed_order()

    report = drain(NOW)

    assert (report.calls, report.settled) == (0, 0)
    assert set(SyncJob.objects.values_list("state", flat=True)) == {"PENDING"}
    assert connections.setup_of(connections.connection()).missing == (
        "login_url",
        "client_id",
        "client_secret",
    )
