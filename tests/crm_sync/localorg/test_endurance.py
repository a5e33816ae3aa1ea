"""Many at once, and killed in the middle: what was acknowledged is there, once."""

import contextlib
import signal
import threading

import pytest
import requests

from tests.crm_sync.localorg.test_bulk import told
from tests.crm_sync.localorg.test_change_events import select
from tests.crm_sync.localorg.test_many import ingest
from tests.crm_sync.localorg.test_streaming import CHANNEL, Subscriber
from tests.crm_sync.orgs import OrgProcess, free_port


def together(workers):
    threads = [threading.Thread(target=worker) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


@pytest.mark.req("ORG-01", "ORG-04", "ORG-05", "ORG-06")
def test_fifty_writers_through_every_door_lose_and_double_nothing(org):
    select(org, "AccountChangeEvent")
    org.bearer()
    made, lock = set(), threading.Lock()

    def note(*ids):
        with lock:
            assert not made & set(ids)
            made.update(ids)

    def single(number):
        note(org.create("Account", Name=f"single {number}"))

    def collection(number):
        records = [
            {"attributes": {"type": "Account"}, "Name": f"collection {number} {row}"}
            for row in range(20)
        ]
        body = {"allOrNone": bool(number % 2), "records": records}
        answer = org.call("POST", "composite/sobjects", json=body).json()
        note(*[row["id"] for row in answer])

    def composite(number):
        requests_ = [
            {
                "method": "POST",
                "url": "/services/data/v67.0/sobjects/Account",
                "referenceId": f"r{row}",
                "body": {"Name": f"composite {number} {row}"},
            }
            for row in range(5)
        ]
        body = {"allOrNone": True, "compositeRequest": requests_}
        answer = org.call("POST", "composite", json=body).json()["compositeResponse"]
        note(*[row["body"]["id"] for row in answer])

    def bulk(number):
        rows = "".join(f"bulk {number} {row}\n" for row in range(300))
        wish = {"object": "Account", "operation": "insert", "externalIdFieldName": None}
        job, _done = ingest(org, f"Name\n{rows}", **wish)
        good = org.call("GET", f"jobs/ingest/{job}/successfulResults").text
        note(*[line.split('"')[1] for line in good.splitlines()[1:]])

    kinds = [single] * 20 + [collection] * 15 + [composite] * 10 + [bulk] * 5
    together([lambda act=act, at=at: act(at) for at, act in enumerate(kinds)])

    assert len(made) == 20 + 15 * 20 + 10 * 5 + 5 * 300
    rows = org.query("SELECT Id, Name FROM Account")
    assert {row["Id"] for row in rows} == made
    assert len({row["Name"] for row in rows}) == len(rows) == len(made)
    assert told(org) == made


@pytest.fixture
def fragile(tmp_path):
    """An org of its own, which a test may kill."""
    org = OrgProcess(free_port(), tmp_path / "org").start()
    org.bearer()
    yield org
    org.stop()


def publish(org, promised):
    """Publish events until the org is gone."""
    with contextlib.suppress(requests.RequestException):
        while True:
            key = f"e{len(promised)}"
            org.call("POST", "sobjects/Large_Order__e", json={"Event_Key__c": key})
            promised.append(key)


def save(org, saved):
    """Save collections until the org is gone, which it soon is."""
    account = {"attributes": {"type": "Account"}, "Name": "A"}
    body = {"allOrNone": True, "records": [account] * 10}
    with contextlib.suppress(requests.RequestException):
        while True:
            answer = org.call("POST", "composite/sobjects", json=body)
            saved.extend(row["id"] for row in answer.json())
            if len(saved) == 200:
                org.process.send_signal(signal.SIGKILL)


def heard(org, channel=CHANNEL):
    """All events of a channel that are kept."""
    subscriber = Subscriber(org, replay=-2, channel=channel)
    found = []
    while news := subscriber.poll(0):
        found += [each["data"] for each in news]
    return found


@pytest.mark.req("ORG-01", "ORG-06")
def test_a_killed_org_keeps_collections_whole_and_events_that_it_promised(fragile):
    select(fragile, "AccountChangeEvent")
    query = "SELECT Id, Name FROM Account"
    fragile.create("PushTopic", Name="Kept", Query=query, ApiVersion=67.0)
    promised, saved = [], []

    together([lambda: publish(fragile, promised), lambda: save(fragile, saved)])
    fragile.process.wait(10)
    fragile.start()
    fragile.token = ""

    kept = {row["Id"] for row in fragile.query("SELECT Id FROM Account")}
    events = [each["payload"]["Event_Key__c"] for each in heard(fragile)]
    pushed = [each["sobject"]["Id"] for each in heard(fragile, "/topic/Kept")]
    assert len(saved) == 200
    assert set(saved) <= kept
    assert len(kept) % 10 == 0
    assert told(fragile) == kept
    assert (set(pushed), len(pushed)) == (kept, len(kept))
    assert promised == events[: len(promised)]
    assert len(events) - len(promised) <= 1
