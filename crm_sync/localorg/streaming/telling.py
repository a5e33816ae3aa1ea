"""What happens to records, on its way to becoming events at the end of its transaction."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from crm_sync.localorg.records.context import MOVED, Change
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.store.database import Store
from crm_sync.localorg.streaming.changes import Told, Transactions, tell
from crm_sync.localorg.streaming.channels import OBJECTS
from crm_sync.localorg.streaming.log import EventLog
from crm_sync.localorg.streaming.topics import Seen, Topics


class Telling:
    """Collects what subscribers will hear, and keeps it together with the records."""

    def __init__(self, store: Store, schema: Callable[[], Schema], zone: ZoneInfo) -> None:
        self._store = store
        self._schema = schema
        self.log = EventLog(store)
        self.transactions = Transactions()
        self.topics = Topics(store, schema, zone)

    def see(self, kind: str, change: Change, origin: str, lack: Callable[[Change], str]) -> None:
        """Note a change for those who may want to hear of it."""
        name = change.owner.name
        if name in self._schema().tracked:
            # Subscribers hear of the whole record, whatever its writer may see of it.
            whole = replace(change, owner=self._schema().require(name))
            told = tell("UPDATE" if kind == MOVED else kind, whole, origin, lack(change))
            told.is_derived = kind == MOVED
            self._store.collect(told)
        seen = self.topics.see(kind, change) if kind != MOVED else None
        if seen is not None:
            self._store.collect(seen)
        if name == OBJECTS["topic"]:
            self.topics.forget()

    def tell(self, connection: sqlite3.Connection, changes: Iterable[object]) -> None:
        """Keep the events of a transaction."""
        told = [each for each in changes if isinstance(each, Told)]
        seen = [each for each in changes if isinstance(each, Seen)]
        events = self.transactions.events(told) if told else []
        events += self.topics.events(seen) if seen else []
        for channel, payload in events:
            self.log.append(connection, channel, payload)
