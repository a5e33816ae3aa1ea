"""Reset and snapshots: the first minute again, byte for byte, whoever writes meanwhile."""

import sqlite3
import threading

import pytest
import requests


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
