"""The org asks for rest in the middle of a batch: nothing counts as sent that was not."""

from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection as database

from crm_sync import services
from crm_sync.engine.drain import drain
from crm_sync.engine.run import Run
from crm_sync.mappings import names
from crm_sync.models import Connection, LaneLease, SyncJob
from shop.core.actors import SYSTEM_ACTOR
from shop.directory.customers import services as customers
from tests.factories.crm_copy import copy_differences
from tests.factories.crm_sync import NOW, order_differences, paid_order, unfinished
from tests.factories.orders import placed_order, registered_customer
from tests.factories.payments import started_payment, tell

pytestmark = pytest.mark.django_db
# More writes than one customer's way from lead to activated order takes.
WRITES = 12


@pytest.mark.req("CRM-09", "CRM-14")
def test_an_order_whose_activation_was_turned_away_is_not_done(org, sync):
    order = paid_order()
    # The first write of an order is its head, the second its activation.
    org.faults({"kind": "quota", "object": "Order", "method": "PATCH", "nth": 2})

    drain(NOW)

    assert [row["Status"] for row in org.query("SELECT Status FROM Order")] == ["Draft"]
    assert SyncJob.objects.get(mapping="order", key=order.key).state == "PENDING"

    sync(at=NOW + timedelta(hours=1))

    assert unfinished() == []
    assert order_differences(org) == []


@pytest.mark.req("CRM-09", "CRM-26")
@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([{"kind": "quota"}], id="the day's calls are used up"),
        # The first refusal only renews the token.
        pytest.param([{"kind": "expire_token"}] * 2, id="the token is refused twice"),
        pytest.param([{"kind": "drop_after_commit"}], id="the answer is lost"),
    ],
)
def test_at_whichever_write_the_org_breaks_off_everything_arrives_later(org, sync, faults):
    for number in range(1, WRITES + 1):
        customer = registered_customer(email=f"buyer{number}@example.com")
        draft = placed_order(customer=customer, key=f"draft {number}")
        paid = placed_order(customer=customer, key=f"paid {number}")
        sync(at=NOW + timedelta(days=2 * number))
        tell(started_payment(paid))
        org.faults(*({**fault, "method": "PATCH", "nth": number} for fault in faults))

        sync(at=NOW + timedelta(days=2 * number + 1), rounds=20)

        org.clear_faults()
        assert unfinished() == [], number
        assert order_differences(org) == [], number
        assert accounts_of(org, draft, paid) == {f"main-acct-{customer.key}"}, number


class Killed(BaseException):
    """As kill -9 would: no handler of ours runs."""


@pytest.mark.req("CRM-09")
def test_after_whichever_write_a_worker_is_killed_everything_arrives_later(org, sync, monkeypatch):
    for number in range(1, WRITES + 1):
        customer = registered_customer(email=f"buyer{number}@example.com")
        draft = placed_order(customer=customer, key=f"draft {number}")
        paid = placed_order(customer=customer, key=f"paid {number}")
        day = NOW + timedelta(days=2 * number)
        sync(at=day)
        tell(started_payment(paid))
        with monkeypatch.context() as patched:
            patched.setattr(Run, "log", dying_at(number))
            with suppress(Killed):
                drain(day + timedelta(hours=1))

        sync(at=day + timedelta(days=1), rounds=20)

        assert unfinished() == [], number
        assert order_differences(org) == [], number
        assert accounts_of(org, draft, paid) == {f"main-acct-{customer.key}"}, number


@pytest.fixture
def lead_unknown_to_us(connected, monkeypatch):
    """Push, and die when the lead is over there but not noted here."""

    def push():
        def save_links(run, links):
            if any(link.kind == names.LEAD for link in links):
                raise Killed
            return original(run, links)

        original = Run.save_links
        with monkeypatch.context() as patched:
            patched.setattr(Run, "save_links", save_links)
            with pytest.raises(Killed):
                drain(NOW)
        database.run_on_commit.clear()

    return push


@pytest.mark.req("CRM-09", "RULE-13")
def test_a_lead_that_nobody_noted_is_converted_when_its_customer_buys(
    org, sync, lead_unknown_to_us
):
    customer = registered_customer()
    lead_unknown_to_us()
    assert len(org.query("SELECT Id FROM Lead")) == 1

    placed_order(customer=customer, payment_method="cod")
    sync(at=NOW + timedelta(hours=1))

    assert unfinished() == []
    assert copy_differences(org) == []
    (lead,) = org.query("SELECT IsConverted, ConvertedContactId FROM Lead")
    (contact,) = org.query("SELECT Id FROM Contact")
    assert lead == {"IsConverted": True, "ConvertedContactId": contact["Id"]}


@pytest.mark.req("CRM-09")
def test_a_guest_s_lead_that_nobody_noted_goes_to_the_account_that_the_guest_opens(
    org, sync, lead_unknown_to_us
):
    customers.guest_for(
        email="asha@example.com", full_name="Asha Rao", phone="", actor=SYSTEM_ACTOR, now=NOW
    )
    lead_unknown_to_us()
    assert len(org.query("SELECT Id FROM Lead")) == 1

    customer = registered_customer()
    customers.claim_guest(customer_id=customer.pk, actor=SYSTEM_ACTOR, now=NOW)
    sync(at=NOW + timedelta(hours=1), rounds=20)

    assert unfinished() == []
    assert org.query("SELECT Id FROM Lead WHERE IsConverted = false") == []
    assert org.query("SELECT Shop_Id__c FROM Contact") == [
        names.reference(names.CONTACT, customer.key)
    ]
    assert len(org.query("SELECT Id FROM Account")) == 1


@pytest.mark.req("CRM-09")
def test_a_slow_org_does_not_make_a_worker_lose_its_jobs(connected, org, monkeypatch):
    placed_order()
    org.faults({"kind": "slow", "seconds": 0.2, "method": "PATCH"})
    monkeypatch.setattr("crm_sync.engine.drain.HOLD_EVERY", timedelta(seconds=0.1))
    leases = []

    def log(run, attempts):
        held = SyncJob.objects.filter(state="IN_FLIGHT").values_list("lease_until", flat=True)
        lane = LaneLease.objects.get(lane="live").lease_until
        leases.append((min(held), lane))
        original(run, attempts)

    original = Run.log
    monkeypatch.setattr(Run, "log", log)

    drain(NOW)

    assert len(leases) > 3
    for now, later in pairwise(leases):
        assert later[0] >= now[0] + timedelta(seconds=0.2)
        assert later[1] >= now[1] + timedelta(seconds=0.2)


def test_a_pause_that_is_pressed_during_a_batch_holds(connected, org, monkeypatch):
    placed_order()

    def log(run, attempts):
        services.set_paused(is_paused=True, actor=SYSTEM_ACTOR, now=NOW)
        original(run, attempts)

    original = Run.log
    monkeypatch.setattr(Run, "log", log)

    drain(NOW)

    assert Connection.objects.get().state == "PAUSED"


def dying_at(number):
    """A log that the worker does not live to write; what it is about has been sent by then."""
    left = [number]

    def log(run, attempts):
        left[0] -= 1
        if not left[0]:
            raise Killed
        return original(run, attempts)

    original = Run.log
    return log


def accounts_of(org, *orders) -> set[str]:
    """The accounts that these orders stand on."""
    names = ", ".join(f"'{order.number}'" for order in orders)
    rows = org.query(f"SELECT Account.Shop_Id__c FROM Order WHERE PoNumber IN ({names})")
    return {row["Account"]["Shop_Id__c"] for row in rows}
