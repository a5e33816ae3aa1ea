"""What saving needs to know about the org around it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.ids import IdFactory
from crm_sync.localorg.schema.model import Schema, SObject
from crm_sync.localorg.store.database import Store
from crm_sync.localorg.store.tables import quote
from crm_sync.localorg.viewers import View

UTC = ZoneInfo("UTC")
# What is told of a record whose links change because of what happens to another one.
MOVED = "MOVED"
Values = dict[str, object]


@dataclass(slots=True)
class SaveOptions:
    """What a request says about how its records are to be saved."""

    user_id: str = ""
    allow_duplicates: bool = False
    include_duplicate_details: bool = False
    system: bool = False
    assign: str = ""


@dataclass(slots=True)
class Change:
    """One record on its way into the store."""

    owner: SObject
    record_id: str
    old: Values | None
    new: Values
    options: SaveOptions

    @property
    def is_new(self) -> bool:
        """Say whether the record is being created."""
        return self.old is None

    def changed(self, name: str) -> bool:
        """Say whether a field gets another value."""
        return self.old is None or self.old.get(name) != self.new.get(name)

    def changed_fields(self) -> set[str]:
        """Return the names of all fields with another value."""
        old = self.old
        if old is None:
            return set(self.new)
        return {name for name, value in self.new.items() if old.get(name) != value}


Hook = Callable[[SObject, str, str, SaveOptions], None]
Listener = Callable[[str, Change], None]
Creator = Callable[[str, Values, SaveOptions], str]


def no_hook(_owner: SObject, _operation: str, _record_id: str, _options: SaveOptions) -> None:
    """Let every record pass."""


def no_creator(_name: str, _values: Values, _options: SaveOptions) -> str:
    """Refuse to make records where nobody said how."""
    raise RuntimeError("This context cannot create records")


def no_listener(_kind: str, _change: Change) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Context:
    """The org as the rules see it."""

    store: Store
    schema: Schema
    ids: IdFactory
    stamp: Callable[[str], str]
    view: View
    before_save: Hook = no_hook
    on_change: Listener = no_listener
    create: Creator = no_creator
    zone: ZoneInfo = UTC
    org_id: str = ""
    user_id: str = ""
    file_room: int = 1 << 30

    def seen(self, owner: SObject, options: SaveOptions) -> SObject:
        """Return an object as the user may change it; the platform itself may change all."""
        if options.system:
            return owner
        found = self.view.schema.find(owner.name)
        if found is None:
            raise SalesforceError("INVALID_TYPE", f"sObject type '{owner.name}' is not supported.")
        return found

    def require_right(self, right: str, options: SaveOptions) -> None:
        """Refuse a user who lacks a right."""
        if not options.system and not self.view.has(right):
            raise SalesforceError(
                "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", []
            )

    def connection(self) -> sqlite3.Connection:
        """Return the writing connection; saving always happens inside a write."""
        return self.store.writer

    def row(self, name: str, record_id: object) -> Values | None:
        """Return a record with all its columns, deleted or not."""
        if not isinstance(record_id, str):
            return None
        return self.first(f"SELECT * FROM {quote(name)} WHERE Id = ?", record_id)

    def first(self, sql: str, *params: object) -> Values | None:
        """Return the first row of a question as a dictionary."""
        cursor = self.connection().execute(sql, params)
        row = cursor.fetchone()
        if row is None:
            return None
        return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}

    def rows(self, sql: str, *params: object) -> list[Values]:
        """Return all rows of a question as dictionaries."""
        cursor = self.connection().execute(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def value(self, sql: str, *params: object) -> object:
        """Return the first column of the first row."""
        row = self.connection().execute(sql, params).fetchone()
        return row[0] if row is not None else None
