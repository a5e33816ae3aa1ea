"""The log of events: kept for three days, read by replay id."""

import json
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.store.database import Store

RETENTION_SECONDS = 72 * 3600
NEW_ONLY, ALL_KEPT = -1, -2
CLEANING_SECONDS = 60
MOST_KEPT = 1_000_000
EVENT_ID = "EventUuid"
MOST_REPLAY = 2**63 - 1
COLUMNS = "replay, channel, payload, made"
STEPS = """
WITH RECURSIVE step(channel) AS (
    SELECT MIN(channel) FROM _event
    UNION ALL
    SELECT (SELECT MIN(channel) FROM _event WHERE channel > step.channel) FROM step
    WHERE step.channel IS NOT NULL)
SELECT channel FROM step WHERE channel IS NOT NULL AND EXISTS (
    SELECT 1 FROM _event WHERE _event.channel = step.channel AND made >= ?)
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it was published."""

    replay: int
    channel: str
    payload: dict[str, object]
    uuid: str = ""
    made: float = 0.0


class EventLog:
    """Keeps events and wakes whoever waits for them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._news = threading.Condition()
        self.mark = 0
        self._cleaned = 0.0

    def append(self, connection: sqlite3.Connection, channel: str, payload: object) -> int:
        """Keep an event and return its replay id; subscribers hear once it is safe."""
        present = time.time()
        if present - self._cleaned > CLEANING_SECONDS:
            self._cleaned = present
            self._clean(connection, present - RETENTION_SECONDS)
        cursor = connection.execute(
            "INSERT INTO _event (channel, made, payload) VALUES (?, ?, ?)",
            (channel, present, json.dumps(payload)),
        )
        self._store.after_commit(self.wake)
        return int(cursor.lastrowid or 0)

    def _clean(self, connection: sqlite3.Connection, oldest: float) -> None:
        sql = "SELECT replay FROM _event WHERE made >= ? ORDER BY replay LIMIT 1"
        kept = connection.execute(sql, (oldest,)).fetchone()
        last = self.last()
        first = max(kept[0] if kept else last + 1, last - MOST_KEPT + 1)
        connection.execute("DELETE FROM _event WHERE replay < ?", (first,))

    def wake(self) -> None:
        """Let all who wait look again."""
        with self._news:
            self.mark += 1
            self._news.notify_all()

    def wait(self, seconds: float, mark: int) -> None:
        """Wait for news since a mark was read, or for the time to pass."""
        with self._news:
            self._news.wait_for(lambda: self.mark != mark, seconds)

    def last(self) -> int:
        """Return the replay id of the newest event of all."""
        with self._store.read() as connection:
            row = connection.execute("SELECT MAX(replay) FROM _event").fetchone()
        return int(row[0] or 0)

    def before(self, moment: float) -> int:
        """Return the replay id of the last event that was made before a moment."""
        with self._store.read() as connection:
            row = connection.execute(
                "SELECT replay FROM _event WHERE made < ? ORDER BY replay DESC LIMIT 1", (moment,)
            ).fetchone()
        return int(row[0]) if row else 0

    def settled(self, position: int) -> int:
        """Return a subscriber's position; after a reset of the org counting begins afresh."""
        return position if position <= self.last() else 0

    def start(self, replay: int) -> int:
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

    def after(self, sources: Sequence[str], replay: int, most: int = 100) -> list[Event]:
        """Return the next events that were kept under one of these channels."""
        marks = ", ".join("?" * len(sources))
        # One channel is read along its index, several along the log itself.
        column = "channel" if len(sources) == 1 else "+channel"
        with self._store.read() as connection:
            rows = connection.execute(
                f"SELECT {COLUMNS} FROM _event WHERE {column} IN ({marks}) "
                "AND replay > ? AND made >= ? ORDER BY replay LIMIT ?",
                (*sources, replay, time.time() - RETENTION_SECONDS, most),
            ).fetchall()
        return [_event(*row) for row in rows]

    def newest(
        self,
        sources: Sequence[str] = (),
        *,
        after: int = 0,
        before: int = MOST_REPLAY,
        most: int = 100,
    ) -> list[Event]:
        """Return the last events first; without a channel those of all channels."""
        marks = ", ".join("?" * len(sources))
        column = "channel" if len(sources) == 1 else "+channel"
        within = f" AND {column} IN ({marks})" if sources else ""
        with self._store.read() as connection:
            rows = connection.execute(
                f"SELECT {COLUMNS} FROM _event WHERE replay > ? AND replay < ? AND made >= ?"
                f"{within} ORDER BY replay DESC LIMIT ?",
                (after, before, time.time() - RETENTION_SECONDS, *sources, most),
            ).fetchall()
        return [_event(*row) for row in rows]

    def kept_channels(self) -> list[str]:
        """Return the channels that hold an event, each found by one step along the index."""
        with self._store.read() as connection:
            rows = connection.execute(STEPS, (time.time() - RETENTION_SECONDS,)).fetchall()
        return [str(row[0]) for row in rows]


def _event(replay: int, channel: str, text: str, made: float) -> Event:
    payload = json.loads(text)
    return Event(replay, channel, payload, str(payload.pop(EVENT_ID, "")), made)
