"""What is written stays whole: on a full disk, beside a deploy, after a kill, through a restore."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from crm_sync.localorg import ids, sessions
from crm_sync.localorg.bulk import classic, classic_jobs
from crm_sync.localorg.journal import MOST_RESOURCES, OTHERS, Journal, redact
from crm_sync.localorg.kept import MOST, Kept
from crm_sync.localorg.store import database
from crm_sync.localorg.store.database import has_no_room

TOKEN = "00D" + "a" * 12 + "{}secret.Token"


@pytest.mark.req("ORG-11")
def test_an_id_that_was_given_out_is_not_given_out_again_by_a_deploy(desk):
    first = desk.org.ids.next("750")

    desk.org.load_schema()

    assert ids.to_number(desk.org.ids.next("750")) == ids.to_number(first) + 1


@pytest.mark.req("ORG-11")
def test_records_get_the_ids_of_the_state_that_is_restored(desk):
    desk.create("Account", Name="Kept")
    desk.org.snapshot("one")
    second = desk.create("Account", Name="Lost")

    desk.org.restore("one")

    assert desk.create("Account", Name="New") == second
    assert desk.names("SELECT Name FROM Account ORDER BY Name") == ["Kept", "New"]


@pytest.mark.req("ORG-11")
def test_what_a_kill_left_of_a_snapshot_does_not_get_into_the_next(desk):
    folder = desk.org.settings.folder / "snapshots"
    for name in ("one.part", "one.part-journal"):
        (folder / name).write_bytes(b"half of something" * 99)

    desk.org.snapshot("one")

    with sqlite3.connect(folder / "one.sqlite3") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert sorted(each.name for each in folder.iterdir()) == ["one.sqlite3", "start.sqlite3"]


@pytest.mark.req("ORG-11")
def test_a_full_disk_refuses_a_record_and_harms_nothing(desk):
    desk.create("Account", Name="Before")
    with desk.org.store.write() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    text = "x" * 32_000
    with pytest.raises(sqlite3.OperationalError) as refused:
        desk.create("Account", Name="Large", Description=text, BillingStreet="y" * 255)
    with desk.org.store.write() as connection:
        connection.execute("PRAGMA max_page_count = 1000000000")
    desk.create("Account", Name="After")

    assert has_no_room(refused.value)
    assert desk.names("SELECT Name FROM Account ORDER BY Name") == ["After", "Before"]


@pytest.mark.parametrize(
    "text",
    [
        TOKEN.format("!"),
        "/services/oauth2/userinfo?access_token=" + TOKEN.format("%21"),
        "token=5Aep861secret&format=json",
        "code=aPrxsecret&code_verifier=secret",
        "<NewPassword>secret</NewPassword>",
        "<u:sessionId>secret</u:sessionId>",
        '{"newPassword": "secret"}',
    ],
)
def test_no_secret_gets_into_the_log(text):
    assert "secret" not in redact(text)


def test_made_up_addresses_do_not_fill_the_memory():
    journal = Journal()
    facts = dict.fromkeys(("at", "method", "path", "client", "request", "response"), "")

    for number in range(MOST_RESOURCES + 50):
        journal.note(f"sobjects/X{number}", status=404, milliseconds=1.0, **facts)

    found = journal.stats()["by_resource"]
    assert found[OTHERS] == 50
    assert len(found) == MOST_RESOURCES + 1


def test_of_results_with_files_in_them_only_the_last_are_kept():
    kept = Kept()
    job = ids.from_number("750", "Lo00", 1)
    kept[job] = "job"

    made = [ids.from_number("0Af", "Lo00", number) for number in range(MOST + 5)]
    for each in made:
        kept[each] = each

    assert kept.find(made[4]) is None
    assert kept.find(made[5][:15]) == made[5]
    assert kept.find(job) == "job"
    assert len(kept) == MOST + 1


@pytest.mark.req("ORG-05")
def test_rows_of_a_batch_that_is_done_are_not_held_in_memory(desk):
    wish = {"operation": "insert", "object": "Account", "contentType": "JSON"}
    job = classic.open_job(desk.org, wish, "67.0", desk.org.user_id)
    batch = classic.add_batch(desk.org, job, [{"Name": "Good"}, {"Name": "x" * 300}], "")
    deadline = time.monotonic() + 30
    while batch.rows and time.monotonic() < deadline:
        time.sleep(0.01)

    again = next(each for each in classic_jobs.load(desk.org) if each.id == job.id)

    assert (batch.rows, batch.processed, batch.failed) == ([], 2, 1)
    assert [row["success"] for row in classic_jobs.results_of(desk.org, batch)] == [True, False]
    assert again.facts()["numberRecordsFailed"] == 1


@pytest.mark.req("ORG-02")
def test_a_client_that_signs_in_for_every_call_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(sessions, "MOST", 5)
    found = sessions.Sessions(tmp_path / "sessions.json", "00D000000000000AAA")

    tokens = [found.open("005", "client", "api").token for _ in range(9)]

    assert [bool(found.find(token)) for token in tokens] == [False] * 4 + [True] * 5


@pytest.mark.req("ORG-03")
def test_statements_take_turns_so_that_many_of_them_do_not_fill_the_memory(desk, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.2)
    store = desk.org.store

    def ask():
        with store.moment() as moment, store.moment() as inner:
            return moment.has_turn, inner.has_turn

    def elsewhere(work, *values):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(work, *values).result()

    held = [store.moment() for _ in range(database.AT_ONCE)]
    turns = [elsewhere(each.__enter__).has_turn for each in held]
    late = elsewhere(ask)
    for each in held:
        elsewhere(each.__exit__, None, None, None)

    assert all(turns)
    assert late == (False, False)
    assert elsewhere(ask) == (True, False)
