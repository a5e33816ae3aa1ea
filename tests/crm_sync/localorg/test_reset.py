"""Reset and snapshots: the first minute again, byte for byte, whoever writes meanwhile."""

import sqlite3
import threading

import pytest
import requests

from crm_sync.localorg.store.database import Store


def kept(org, name):
    """The bytes of a snapshot made now."""
    org.switch("POST", "snapshots", {"name": name})
    return (org.folder / "snapshots" / f"{name}.sqlite3").read_bytes()


@pytest.mark.req("ORG-11")
def test_a_reset_gives_the_first_minute_byte_for_byte(org):
    first = (org.folder / "snapshots" / "start.sqlite3").read_bytes()
    account = org.create("Account", Name="Acme")
    org.create("Order", AccountId=account, EffectiveDate="2026-11-21", Status="Draft")
    org.create("Large_Order__e")
    org.call("DELETE", f"sobjects/Account/{org.create('Account', Name='Gone')}")
    requests.get(f"{org.url}/soql/", params={"q": "SELECT Id FROM Account"}, timeout=10)

    org.reset()

    assert kept(org, "after") == first
    org.reset()
    assert org.create("Account", Name="Acme") == account


@pytest.mark.req("ORG-11")
def test_snapshots_made_while_others_write_are_whole(org):
    done = threading.Event()
    codes = set()

    def write():
        while not done.is_set():
            codes.add(org.call("POST", "sobjects/Account", json={"Name": "A"}).status_code)

    org.bearer()
    writers = [threading.Thread(target=write) for _ in range(8)]
    for each in writers:
        each.start()
    try:
        for name in ("one", "two"):
            kept(org, name)
            org.switch("POST", "restore", {"name": name})
    finally:
        done.set()
        for each in writers:
            each.join()

    assert codes == {201}
    for name in ("one", "two"):
        copy = sqlite3.connect(org.folder / "snapshots" / f"{name}.sqlite3")
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        copy.close()
    assert {path.suffix for path in (org.folder / "snapshots").iterdir()} == {".sqlite3"}


@pytest.mark.req("ORG-11")
def test_a_reset_forgets_the_jobs_of_both_bulk_interfaces_and_all_deploys(org):
    org.call("POST", "jobs/ingest", json={"object": "Account", "operation": "insert"})
    requests.post(
        f"{org.url}/services/async/67.0/job",
        json={"operation": "insert", "object": "Account", "contentType": "CSV"},
        headers={"X-SFDC-Session": org.bearer()["Authorization"][7:]},
        timeout=10,
    ).raise_for_status()
    assert len(org.call("GET", "jobs/ingest").json()["records"]) == 2

    org.reset()

    assert org.call("GET", "jobs/ingest").json()["records"] == []


@pytest.mark.req("ORG-11")
def test_work_that_began_before_a_restore_writes_nothing_after_it(tmp_path):
    store = Store(tmp_path / "org.sqlite3", lambda connection: None)
    with store.write() as connection:
        connection.execute("CREATE TABLE row (value TEXT)")
    store.copy_to(tmp_path / "kept.sqlite3")
    began, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def work():
        try:
            began.set()
            go_on.wait(60)
            with store.write() as connection:
                connection.execute("INSERT INTO row VALUES ('late')")
        finally:
            ended.set()

    store.in_background(work)
    began.wait(60)
    store.restore_from(tmp_path / "kept.sqlite3")
    go_on.set()

    assert ended.wait(60)
    with store.read() as connection:
        assert connection.execute("SELECT count(*) FROM row").fetchone() == (0,)
    store.close()
