"""Results that come in pages: which records were found, kept until the last page was fetched."""

import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.ids import IdFactory
from crm_sync.localorg.store.database import Store

KEPT_SECONDS = 2 * 24 * 3600
ID_SIZE = 18
PATIENCE = 60


def packed(wanted: Sequence[object]) -> bytes:
    """Return ids in one piece."""
    return "".join(str(each) for each in wanted).encode()


def unpacked(found: bytes) -> list[str]:
    """Return ids one by one."""
    return [found[at : at + ID_SIZE].decode() for at in range(0, len(found), ID_SIZE)]


def behind(shown: bytes, found: bytes) -> bytes:
    """Return all ids with those that were shown in front: ties may be sorted in several ways."""
    if found.startswith(shown):
        return found
    known = set(unpacked(shown))
    return shown + packed([each for each in unpacked(found) if each not in known])


@dataclass(frozen=True, slots=True)
class Kept:
    """One page of a result that was found before."""

    text: str
    all_rows: bool
    size: int
    total: int
    ids: bytes


@dataclass(slots=True)
class Cursors:
    """Keeps what statements found."""

    store: Store
    ids: IdFactory
    _open: dict[str, threading.Event] = field(default_factory=dict)

    def keep(self, text: str, found: bytes, total: int, *, all_rows: bool, size: int) -> str:
        """Keep ids of a result, of which there may be more than are known yet."""
        cursor = self.ids.next("0r8")
        now = time.time()
        with self.store.write() as connection:
            connection.execute("DELETE FROM _cursor WHERE made < ?", (now - KEPT_SECONDS,))
            connection.execute(
                "INSERT INTO _cursor VALUES (?, ?, ?, ?, ?, ?, ?)",
                (cursor, text, int(all_rows), size, total, now, found),
            )
        return cursor

    def expect(self, cursor: str) -> None:
        """Let those who ask for the next page wait until all ids are known."""
        self._open[cursor] = threading.Event()

    def complete(self, cursor: str, text: str, found: bytes) -> None:
        """Keep all ids of a result."""
        try:
            with self.store.write() as connection:
                connection.execute(
                    "UPDATE _cursor SET ids = ?, total = ? WHERE id = ? AND soql = ?",
                    (found, len(found) // ID_SIZE, cursor, text),
                )
        finally:
            self.give_up(cursor)

    def give_up(self, cursor: str) -> None:
        """Let nobody wait any longer."""
        event = self._open.pop(cursor, None)
        if event is not None:
            event.set()

    def unfinished(self, connection: sqlite3.Connection, cursor: str) -> Kept | None:
        """Return the first page of a result whose other pages nobody looks up any more."""
        event = self._open.get(cursor)
        if event is not None and not self.store.is_writing:
            event.wait(PATIENCE)
        row = connection.execute(
            "SELECT soql, all_rows, size, total, ids FROM _cursor "
            "WHERE id = ? AND length(ids) < total * 18",
            (cursor,),
        ).fetchone()
        return Kept(row[0], bool(row[1]), *row[2:]) if row is not None else None

    def find(
        self, connection: sqlite3.Connection, cursor: str, start: int, size: int | None
    ) -> Kept:
        """Return one page of a result."""
        row = connection.execute(
            "SELECT soql, all_rows, coalesce(?, size), total, "
            "substr(ids, ? * 18 + 1, 18 * coalesce(?, size)) "
            "FROM _cursor WHERE id = ? AND made > ?",
            (size, start, size, cursor, time.time() - KEPT_SECONDS),
        ).fetchone()
        if row is None or not 0 <= start < row[3]:
            raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return Kept(row[0], bool(row[1]), *row[2:])
