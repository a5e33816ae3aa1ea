"""What people are told about the synchronisation is what the org has, also after failures."""

import json
import random
from collections import defaultdict
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from crm_sync import selectors
from crm_sync.engine.drain import drain
from crm_sync.mappings import names
from crm_sync.models import SyncJob
from tests.crm_sync.engine.test_faults import FAULTS, Season
from tests.factories.crm_sync import NOW, paid_order

pytestmark = pytest.mark.django_db
OBJECTS = (
    *("Lead", "Account", "Contact", "Product2", "PricebookEntry", "Cart__c", "Opportunity"),
    *("Order", "OrderItem", "Payment__c"),
)


def answer_of(*words) -> dict:
    """The last line of a command for admins."""
    said = StringIO()
    call_command(*words, "--json", stdout=said)
    return json.loads(said.getvalue().splitlines()[-1])


def stories() -> list[dict]:
    """What `crm_explain` tells about every record that was ever sent."""
    rows = SyncJob.objects.order_by("mapping", "key").values_list("mapping", "key").distinct()
    return [answer_of("crm_explain", mapping, key) for mapping, key in rows]


def plain(values: dict) -> dict:
    """The values that both sides write alike: neither moments nor pointers at other records."""
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, str | float | int | None)
        and not name.endswith(("_At__c", "Activity__c"))
    }


@pytest.mark.req("CRM-35")
def test_after_faults_every_explanation_equals_the_org(org, sync):
    org.faults(*({"kind": kind, "rate": rate / 2} for kind, rate in FAULTS))
    year = Season(random.Random(35))
    for number in range(3):
        year.sell(5)
        sync(at=NOW + timedelta(hours=number), rounds=2)
    sync(at=NOW + timedelta(days=1), rounds=120)
    org.clear_faults()

    told = stories()

    assert {story["state"] for story in told} == {"In step"}
    assert any(not call["ok"] for story in told for call in story["calls"])
    records = defaultdict(dict)
    for story in told:
        for record in story["records"]:
            records[record["object"]][record["external_id"]] = record
    for sobject in OBJECTS:
        fields = sorted(
            {name for one in records[sobject].values() for name in plain(one["values"])}
        )
        found = org.query(f"SELECT {', '.join({'Id', 'Shop_Id__c', *fields})} FROM {sobject}")
        there = {row["Shop_Id__c"]: row for row in found}
        ids = {name: row["Id"] for name, row in there.items()}
        assert ids == {name: one["salesforce_id"] for name, one in records[sobject].items()}
        for name, one in records[sobject].items():
            wanted = plain(one["values"])
            assert {field: there[name][field] for field in wanted} == wanted
    status = answer_of("crm_status")
    assert (status["pending"], status["dead"], status["oldest_seconds"]) == (0, 0, 0)


@pytest.mark.req("CRM-35")
def test_what_failed_or_waits_is_told_as_such(org, sync):
    order = paid_order()
    org.faults({"kind": "duplicate_block", "rate": 1.0, "object": "Lead"})
    sync()

    failed = selectors.status(NOW)
    customer = answer_of("crm_explain", "customer", order.email)
    head = answer_of("crm_explain", "order", order.number)

    assert org.query("SELECT Id FROM Lead") == org.query("SELECT Id FROM Order") == []
    assert (failed.dead, failed.pending) == (
        SyncJob.objects.filter(state="DEAD").count(),
        SyncJob.objects.exclude(state__in=["DEAD", "DONE", "IGNORED"]).count(),
    )
    assert failed.dead == 1
    assert customer["state"] == "Failed"
    assert customer["jobs"][0]["error"].startswith("DUPLICATES_DETECTED")
    assert customer["records"] == []
    assert head["state"] == "Waiting for another record"
    assert [one["object"] for one in head["records"]] == []
    assert names.CUSTOMER in head["jobs"][0]["error"]


@pytest.mark.req("CRM-35")
def test_with_the_org_down_the_wait_is_told_in_number_and_age(connected, org):
    order = paid_order()
    org.faults({"kind": "unavailable", "rate": 1.0})
    drain(NOW)
    drain(NOW + timedelta(minutes=30))

    changed_at = SyncJob.objects.earliest("created_at").created_at
    status = selectors.status(changed_at + timedelta(hours=1))

    assert status.pending == SyncJob.objects.exclude(state__in=["DONE", "IGNORED", "DEAD"]).count()
    assert status.pending >= 3
    assert status.oldest_seconds == 3600
    assert answer_of("crm_explain", "order", order.number)["state"] != "In step"
    org.clear_faults()
    assert org.query("SELECT Id FROM Order") == []
