"""What happened to records: who changed which field, when, and by which way in."""

import json
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from crm_sync.localorg import clock
from crm_sync.localorg.records.context import Change

MOST_KEPT = 100_000
TRIM_EVERY = 1000
LONG_TEXT = 200
CREATE, UPDATE, DELETE, UNDELETE = "CREATE", "UPDATE", "DELETE", "UNDELETE"
CONVERT, MERGE, MERGED = "CONVERT", "MERGE", "MERGED"
MASTER = "MasterRecordId"
SILENT = frozenset(
    (
        "Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById",
        "SystemModstamp", "IsConverted",
    )
)  # fmt: skip


class Noted(NamedTuple):
    """One thing that happened to a record, before its transaction is complete."""

    record_id: str
    user: str
    kind: str
    way: str
    body: str | None


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > LONG_TEXT:
        return f"{value[:LONG_TEXT]}… ({len(value):,} characters)"
    return value


def _body(change: Change) -> str | None:
    old = change.old or {}
    found = [
        (name, _short(old.get(name)), _short(value))
        for name, value in change.new.items()
        if old.get(name) != value and name not in SILENT
    ]
    return json.dumps(found) if found else None


def note(kind: str, change: Change, way: str) -> list[Noted]:
    """Return what a change tells about the records that it touches."""
    record_id, user = change.record_id, change.options.user_id
    if kind == UPDATE:
        body = _body(change)
        is_conversion = change.owner.name == "Lead" and change.changed("IsConverted")
        kind = CONVERT if is_conversion else kind
        return [Noted(record_id, user, kind, way, body)] if body or is_conversion else []
    master = change.new.get(MASTER) if kind == DELETE and change.changed(MASTER) else None
    if isinstance(master, str):
        return [
            Noted(record_id, user, MERGED, way, json.dumps(master)),
            Noted(master, user, MERGE, way, json.dumps(record_id)),
        ]
    return [Noted(record_id, user, kind, way, None)]


def forget(connection: sqlite3.Connection, record_id: str) -> None:
    """Leave nothing of a record that is gone for good."""
    connection.execute("DELETE FROM _history WHERE record = ?", (record_id,))


class History:
    """Writes down what happened, at the end of each transaction; the oldest makes room."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._since = TRIM_EVERY

    def keep(self, connection: sqlite3.Connection, noted: Sequence[Noted]) -> None:
        """Write down what happened in one transaction."""
        made = clock.stamp()
        connection.executemany(
            "INSERT INTO _history (made, record, who, kind, way, body) VALUES (?, ?, ?, ?, ?, ?)",
            [(made, *each) for each in noted],
        )
        self._since += len(noted)
        if self._since >= TRIM_EVERY:
            self._since = 0
            connection.execute(
                "DELETE FROM _history WHERE seq <= (SELECT MAX(seq) FROM _history) - ?",
                (self._most,),
            )
