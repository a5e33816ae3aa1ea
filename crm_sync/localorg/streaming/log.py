"""The log of events: kept for three days, read by replay id."""

import json
import sqlite3
import threading
import time
from dataclasses import dataclass

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.store.database import Store

RETENTION_SECONDS = 72 * 3600
NEW_ONLY, ALL_KEPT = -1, -2


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it was published."""

    replay: int
    channel: str
    payload: dict[str, object]


class EventLog:
    """Keeps events and wakes whoever waits for them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._news = threading.Condition()

    def append(self, connection: sqlite3.Connection, channel: str, payload: object) -> None:
        """Keep an event; subscribers hear of it once the transaction is safe."""
        oldest = time.time() - RETENTION_SECONDS
        connection.execute("DELETE FROM _event WHERE made < ?", (oldest,))
        connection.execute(
            "INSERT INTO _event (channel, made, payload) VALUES (?, ?, ?)",
            (channel, time.time(), json.dumps(payload)),
        )
        self._store.after_commit(self.wake)

    def wake(self) -> None:
        """Let all who wait look again."""
        with self._news:
            self._news.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait for news, or for the time to pass."""
        with self._news:
            self._news.wait(seconds)

    def last(self) -> int:
        """Return the replay id of the newest event of all."""
        with self._store.read() as connection:
            row = connection.execute("SELECT MAX(replay) FROM _event").fetchone()
        return int(row[0] or 0)

    def start(self, channel: str, replay: int) -> int:
        """Return the replay id after which a subscriber wants to read."""
        if replay == NEW_ONLY:
            return self.last()
        if replay == ALL_KEPT:
            return 0
        with self._store.read() as connection:
            known = connection.execute(
                "SELECT 1 FROM _event WHERE replay = ? AND made >= ?",
                (replay, time.time() - RETENTION_SECONDS),
            ).fetchone()
        if known is None:
            message = (
                f"The replayId {{{replay}}} you provided was invalid. Please provide a valid ID, "
                "-2 to replay all events, or -1 to replay only new events."
            )
            raise SalesforceError("INVALID_REPLAY_ID", message)
        return replay

    def after(self, channel: str, replay: int, most: int = 100) -> list[Event]:
        """Return the next events of a channel."""
        name = channel if channel != "/data/ChangeEvents" else "/data/*"
        with self._store.read() as connection:
            rows = connection.execute(
                "SELECT replay, channel, payload FROM _event "
                "WHERE channel GLOB ? AND replay > ? ORDER BY replay LIMIT ?",
                (name, replay, most),
            ).fetchall()
        return [Event(row[0], row[1], json.loads(row[2])) for row in rows]
