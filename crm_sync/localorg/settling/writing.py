"""Bringing the records that follow from metadata in line with it."""

import sqlite3
from collections.abc import Iterable

from crm_sync.localorg import clock
from crm_sync.localorg.ids import IdFactory
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.seed import put
from crm_sync.localorg.settling.wanted import Link, Values, Wanted
from crm_sync.localorg.store.tables import quote

# A record that came another way and carries this name is taken over.
ADOPTED = {
    "CaseStatus": "ApiName",
    "ContractStatus": "ApiName",
    "LeadStatus": "ApiName",
    "OpportunityStage": "ApiName",
    "OrderStatus": "ApiName",
    "TaskStatus": "ApiName",
    "Group": "DeveloperName",
    "UserRole": "DeveloperName",
    "Profile": "Name",
}

# Users may have it: what it allowed is gone, the name stays.
KEPT = frozenset(("Profile",))


class Settler:
    """Writes what is wanted, takes away what no longer is."""

    def __init__(
        self, connection: sqlite3.Connection, schema: Schema, factory: IdFactory, user: str
    ) -> None:
        self.connection = connection
        self.schema = schema
        self.ids = factory
        self.user = user
        rows = connection.execute("SELECT object, name, id FROM _settled")
        self.known: dict[tuple[str, str], str] = {
            (name, key): record_id for name, key, record_id in rows if schema.find(name)
        }

    def settle(self, wanted: Iterable[Wanted]) -> None:
        """Make the records what the metadata say."""
        kept = set()
        for each in wanted:
            kept.add((each.object, each.name))
            self._write(each)
        for name, key in self.known.keys() - kept:
            self._remove(name, key)

    def _find(self, owner: str, column: str, value: object) -> str | None:
        if self.schema.find(owner) is None:
            return None
        sql = f"SELECT Id FROM {quote(owner)} WHERE {quote(column)} = ? AND IsDeleted = 0"
        row = self.connection.execute(sql, (value,)).fetchone()
        return str(row[0]) if row is not None else None

    def _resolved(self, value: object) -> object:
        if not isinstance(value, Link):
            return value
        found = self.known.get((value.object, value.name))
        return found or self._find(value.object, value.column or "DeveloperName", value.name)

    def _present(self, each: Wanted) -> str | None:
        """Return the id under which a record is there already."""
        found = self.known.get((each.object, each.name))
        if found is not None and self._find(each.object, "Id", found):
            return found
        column = ADOPTED.get(each.object)
        return self._find(each.object, column, each.values[column]) if column else None

    def _write(self, each: Wanted) -> None:
        owner = self.schema.require(each.object)
        values = {key: self._resolved(value) for key, value in each.values.items()}
        record_id = self._present(each)
        if record_id is None:
            record_id = self.ids.next(owner.prefix)
            put(self.connection, owner, record_id, self.user, values)
        else:
            self._change(each.object, record_id, values)
        if self.known.get((each.object, each.name)) != record_id:
            self.known[each.object, each.name] = record_id
            self.connection.execute(
                "INSERT OR REPLACE INTO _settled VALUES (?, ?, ?)",
                (each.object, each.name, record_id),
            )

    def _change(self, name: str, record_id: str, values: Values) -> None:
        """Write the values that differ."""
        columns = ", ".join(quote(key) for key in values)
        sql = f"SELECT {columns} FROM {quote(name)} WHERE Id = ?"
        row = self.connection.execute(sql, (record_id,)).fetchone()
        if row == tuple(values.values()):
            return
        stamp = clock.stamp()
        values = {**values, "SystemModstamp": stamp, "LastModifiedDate": stamp}
        marks = ", ".join(f"{quote(key)} = ?" for key in values)
        self.connection.execute(
            f"UPDATE {quote(name)} SET {marks} WHERE Id = ?", (*values.values(), record_id)
        )

    def _remove(self, name: str, key: str) -> None:
        record_id = self.known.pop((name, key))
        if self.schema.find(name) is not None and name not in KEPT:
            self.connection.execute(f"DELETE FROM {quote(name)} WHERE Id = ?", (record_id,))
        self.connection.execute("DELETE FROM _settled WHERE object = ? AND name = ?", (name, key))
