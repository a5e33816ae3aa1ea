"""Events are kept for three days, and told as far as a transaction allows."""

import threading
import time

import pytest

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Present
from crm_sync.localorg.store import tables
from crm_sync.localorg.store.database import Store
from crm_sync.localorg.streaming.changes import Told, Transactions
from crm_sync.localorg.streaming.log import EventLog

DAY = 24 * 3600


@pytest.fixture
def log(tmp_path):
    store = Store(tmp_path / "org.sqlite3", lambda _connection: None)
    with store.write() as connection:
        tables.ensure_internal(connection)
    yield EventLog(store)
    store.close()


def keep(log, *names):
    with log._store.write() as connection:
        return [log.append(connection, "/event/A__e", {"Name": name}) for name in names]


def age(log, replay, seconds):
    with log._store.write() as connection:
        sql = "UPDATE _event SET made = ? WHERE replay = ?"
        connection.execute(sql, (time.time() - seconds, replay))


def test_what_a_thread_answers_is_no_business_of_another_thread():
    present = Present()
    present.client = "mine"
    seen = []

    other = threading.Thread(target=lambda: seen.append(present.client))
    other.start()
    other.join()

    assert seen == [""]


@pytest.mark.req("ORG-06")
def test_the_log_does_not_grow_without_end(log, monkeypatch):
    monkeypatch.setattr("crm_sync.localorg.streaming.log.MOST_KEPT", 3)
    keep(log, *"abcde")
    log._cleaned = 0.0

    keep(log, "f")

    kept = [each.payload["Name"] for each in log.after(["/event/A__e"], 0)]
    assert kept == ["c", "d", "e", "f"]


@pytest.mark.req("ORG-06")
def test_who_waits_is_woken_by_what_came_before_the_waiting(log):
    mark = log.mark
    keep(log, "a")

    started = time.monotonic()
    log.wait(20, mark)

    assert time.monotonic() - started < 10


@pytest.mark.req("ORG-06")
def test_an_event_older_than_three_days_is_neither_told_nor_known(log):
    old, young = keep(log, "old", "young")
    age(log, old, 3 * DAY + 1)
    age(log, young, 3 * DAY - 60)

    told = log.after(["/event/A__e"], log.start(-2))

    assert [each.payload["Name"] for each in told] == ["young"]
    assert log.start(young) == young
    with pytest.raises(SalesforceError, match=rf"replayId \{{{old}\}} you provided was invalid"):
        log.start(old)


@pytest.mark.req("ORG-06")
def test_expired_events_are_swept_and_their_numbers_not_used_again(log):
    keep(log, "a", "b")
    for replay in (1, 2):
        age(log, replay, 4 * DAY)
    log._cleaned = 0

    assert keep(log, "c") == [3]
    with log._store.read() as connection:
        assert connection.execute("SELECT replay FROM _event").fetchall() == [(3,)]


@pytest.mark.req("ORG-06")
def test_only_new_events_begin_behind_the_last_one(log):
    keep(log, "a")
    start = log.start(-1)
    keep(log, "b")

    assert [each.payload["Name"] for each in log.after(["/event/A__e"], start)] == ["b"]
    assert log.after([], start) == []


@pytest.mark.req("ORG-06")
def test_what_is_too_much_for_one_transaction_becomes_one_overflow_for_each_object():
    changes = [Told("Account", "CREATE", [f"a{n}"], "005", "", {"Name": n}) for n in range(3)]
    changes += [Told("Contact", "CREATE", [f"c{n}"], "005", "") for n in range(2)]

    events = Transactions(most=2).events(changes)

    kinds = [
        (body["ChangeEventHeader"]["entityName"], body["ChangeEventHeader"]["changeType"])
        for _channel, body in events
    ]
    assert kinds == [
        ("Account", "CREATE"),
        ("Account", "CREATE"),
        ("Account", "GAP_OVERFLOW"),
        ("Contact", "GAP_OVERFLOW"),
    ]
    assert events[3][0] == "/data/ContactChangeEvent"
