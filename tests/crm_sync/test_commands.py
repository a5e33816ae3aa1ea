"""Commands for admins: one JSON line at the end, and exit codes."""

import json
from datetime import timedelta
from itertools import count

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from crm_sync.models import Connection, Link, SyncJob
from crm_sync.package import shipped_version
from tests.factories.crm_sync import NOW, order_differences, paid_order, unfinished
from tests.factories.orders import placed_order, registered_customer

pytestmark = pytest.mark.django_db


def run(capsys, *arguments):
    """Answer the JSON object of the last line, and the exit code."""
    # A test is one transaction; a command begins after the commit of what came before it.
    transaction.get_connection().run_on_commit.clear()
    code = 0
    try:
        call_command(*arguments, "--json")
    except SystemExit as end:
        code = end.code
    return json.loads(capsys.readouterr().out.splitlines()[-1]), code


@pytest.mark.req("CRM-38")
def test_crm_doctor_answers_every_check(connected, capsys):
    facts, code = run(capsys, "crm_doctor")

    assert (facts["failed"], code) == (0, 0)
    assert {
        name: value
        for name, value in next(
            check for check in facts["checks"] if check["name"] == "Order"
        ).items()
        if name != "fix"
    } == {"name": "Order", "ok": True, "detail": "can be created and updated"}


@pytest.mark.req("OPS-09")
def test_crm_package_writes_a_zip_named_by_its_version(tmp_path, capsys):
    facts, code = run(capsys, "crm_package", "--output", str(tmp_path))

    (written,) = tmp_path.iterdir()
    assert code == 0
    assert facts == {
        "file": str(written),
        "version": str(shipped_version()),
        "bytes": written.stat().st_size,
    }
    assert written.name == f"modern-store-crm-{shipped_version()}.zip"
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("crm_package", "--output", str(tmp_path / "nowhere"))


def test_crm_doctor_fails_when_the_sign_in_fails(connected, capsys):
    Connection.objects.update(login_url="http://127.0.0.1:9")

    facts, code = run(capsys, "crm_doctor")

    assert (facts["failed"], code) == (1, 1)


def test_crm_sync_sends_what_waits(connected, org, capsys):
    order = placed_order()

    facts, code = run(capsys, "crm_sync", "--wait")

    assert code == 0
    assert facts["dead"] == 0
    assert facts["done"] == SyncJob.objects.count()
    assert facts["calls"] > 0
    assert [row["PoNumber"] for row in org.query("SELECT PoNumber FROM Order")] == [order.number]


def test_crm_sync_can_ask_for_one_object_again(connected, org, capsys):
    placed_order()
    run(capsys, "crm_sync", "--wait")
    before = SyncJob.objects.count()

    facts, code = run(capsys, "crm_sync", "--object", "Order", "--wait", "--force")

    assert (facts["done"], code) == (1, 0)
    assert SyncJob.objects.count() == before + 1


def test_crm_sync_refuses_an_unknown_object(connected):
    with pytest.raises(CommandError, match="Unknown object"):
        call_command("crm_sync", "--object", "Nonsense")


def test_without_a_connection_commands_say_what_is_missing(db):
    with pytest.raises(CommandError, match="login_url, client_id, client_secret") as refusal:
        call_command("crm_sync")

    assert refusal.value.returncode == 2


def test_crm_sync_dry_run_asks_for_nothing(connected, org, capsys):
    placed_order()
    before = org.stats()["requests"]

    facts, _code = run(capsys, "crm_sync", "--all", "--dry-run")

    assert facts["order"] == 1
    assert org.stats()["requests"] == before
    assert SyncJob.objects.count() == 0


def test_crm_backfill_puts_everything_in_the_low_lane(connected, capsys):
    placed_order()

    facts, _code = run(capsys, "crm_backfill")

    assert facts["asked"] == SyncJob.objects.count()
    assert set(SyncJob.objects.values_list("lane", flat=True)) == {"low"}


def test_crm_status_tells_depth_and_age(connected, capsys):
    placed_order()
    facts, _code = run(capsys, "crm_status")

    assert facts["pending"] > 0
    assert facts["dead"] == 0
    assert {"oldest_seconds", "calls_24h", "limit"} <= facts.keys()

    run(capsys, "crm_sync", "--wait")
    facts, _code = run(capsys, "crm_status")
    assert (facts["pending"], facts["oldest_seconds"]) == (0, 0)


@pytest.mark.req("CRM-35")
def test_crm_explain_finds_an_order_by_its_number(connected, capsys):
    order = paid_order()
    run(capsys, "crm_sync", "--wait")

    facts, _code = run(capsys, "crm_explain", "order", order.number)

    assert facts["state"] == "In step"
    assert facts["records"][0]["salesforce_id"] == Link.objects.get(kind="order").salesforce_id
    assert facts["records"][0]["values"]["Shop_Grand_Total__c"] == float(order.grand_total)
    assert [call["object"] for call in facts["calls"]][-1] == "Account"


def test_crm_preview_shows_what_is_then_sent_and_sends_nothing(connected, org, capsys):
    order = placed_order()
    run(capsys, "crm_sync", "--wait")
    order.grand_total += 1
    order.save()
    before = org.stats()["records_written"]

    facts, _code = run(capsys, "crm_preview", "order", order.number)

    assert org.stats()["records_written"] == before
    (planned,) = facts["planned"]
    assert (planned["action"], planned["sobject"]) == ("upsert", "Order")
    run(capsys, "crm_sync", "--wait")
    sent = Link.objects.get(kind="order").pushed_values
    assert {name: sent[name] for name in planned["fields"]} == planned["fields"]


@pytest.mark.req("CRM-27")
def test_crm_replay_tries_failed_records_again(connected, org, capsys):
    placed_order()
    org.faults({"kind": "duplicate_block", "rate": 1.0, "object": "Lead"})
    run(capsys, "crm_sync")
    assert SyncJob.objects.filter(state="DEAD").count() == 1
    org.clear_faults()

    facts, _code = run(capsys, "crm_replay", "--code", "DUPLICATES_DETECTED")
    assert facts == {"replayed": 1}
    run(capsys, "crm_sync", "--wait")

    assert SyncJob.objects.filter(state="DEAD").count() == 0


@pytest.mark.req("CRM-08")
def test_an_org_that_was_emptied_is_filled_again(connected, org, capsys):
    paid_order(customer=registered_customer())
    placed_order(key="second")
    run(capsys, "crm_sync", "--wait")
    org.reset()
    assert org.query("SELECT Id FROM Order") == []

    facts, code = run(capsys, "crm_sync", "--all", "--force", "--wait")

    assert (facts["dead"], code) == (0, 0)
    assert order_differences(org) == []
    assert unfinished() == []


@pytest.mark.req("CRM-26")
def test_crm_sync_with_a_refused_sign_in_fails_at_once_and_tries_again_when_asked(
    connected, org, capsys
):
    placed_order()
    secret = connected.client_secret
    connected.client_secret = "wrong"
    connected.save()

    facts, code = run(capsys, "crm_sync", "--wait")

    assert (facts["done"], facts["sent"], code) == (0, 0, 1)
    assert facts["seconds"] < 60

    row = Connection.objects.get()
    row.client_secret = secret
    row.save()
    facts, code = run(capsys, "crm_sync", "--wait")

    assert (facts["done"], code) == (SyncJob.objects.count(), 0)


@pytest.mark.req("CRM-26")
def test_crm_sync_does_not_wait_for_what_only_a_person_can_mend(connected, org, capsys):
    paid_order()
    org.faults({"kind": "duplicate_block", "rate": 1.0, "object": "Lead"})

    facts, code = run(capsys, "crm_sync", "--wait")

    assert (facts["dead"], code) == (1, 3)
    assert facts["seconds"] < 60
    assert SyncJob.objects.filter(state="BLOCKED").exists()


@pytest.mark.req("CRM-26")
def test_crm_sync_gives_up_an_org_that_is_not_there(connected, org, capsys, monkeypatch):
    minutes = (NOW + timedelta(minutes=number) for number in count())
    monkeypatch.setattr("crm_sync.sending.timezone.now", lambda: next(minutes))
    monkeypatch.setattr("crm_sync.sending.PAUSE_SECONDS", 0)
    placed_order()
    Connection.objects.update(login_url="http://127.0.0.1:9")

    facts, code = run(capsys, "crm_sync", "--wait")

    assert (facts["done"], code) == (0, 1)
    assert Connection.objects.get().failures_in_a_row >= 5


def test_crm_sync_tells_when_it_is_paused(connected, capsys):
    placed_order()
    Connection.objects.update(state="PAUSED")

    facts, code = run(capsys, "crm_sync", "--wait")

    assert (facts["sent"], code) == (0, 1)


@pytest.mark.req("CRM-35")
@pytest.mark.parametrize("command", ["crm_explain", "crm_preview"])
def test_what_nobody_knows_is_told_as_such(connected, command):
    with pytest.raises(CommandError, match="There is no order 4711") as refusal:
        call_command(command, "order", "4711")

    assert refusal.value.returncode == 2


@pytest.mark.req("CRM-35")
def test_crm_explain_tells_calls_values_and_mapping_version(connected, capsys):
    order = paid_order()
    run(capsys, "crm_sync", "--wait")

    facts, _code = run(capsys, "crm_explain", "order", order.number)

    (head,) = [call for call in facts["calls"] if call["kind"] == "order"]
    assert (head["status"], head["created"]) == (200, True)
    assert "Shop_Grand_Total__c" in head["sent_fields"]
    assert {record["mapping_version"] for record in facts["records"]} == {1}
    assert facts["jobs"][0]["changed_at"]
