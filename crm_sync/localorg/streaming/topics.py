"""Push topics: which changes of records they tell of, and in which words."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import Change
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.soql import pushed
from crm_sync.localorg.soql.scope import Environment
from crm_sync.localorg.store.database import Store

KINDS = {"CREATE": "created", "UPDATE": "updated", "DELETE": "deleted", "UNDELETE": "undeleted"}
# Changes of what the platform itself writes set nothing off.
SILENT = frozenset(
    (
        "LastModifiedDate", "LastModifiedById", "SystemModstamp", "LastActivityDate",
        "LastViewedDate", "LastReferencedDate",
    )
)  # fmt: skip
SELECT = (
    "SELECT Id, Query, NotifyForFields, NotifyForOperationCreate, NotifyForOperationUpdate, "
    "NotifyForOperationDelete, NotifyForOperationUndelete FROM PushTopic "
    "WHERE IsActive = 1 AND IsDeleted = 0 ORDER BY Id"
)
Body = dict[str, object]


class Seen(NamedTuple):
    """One change of a record that some topic watches."""

    owner: str
    record_id: str
    kind: str
    changed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Topic:
    """One push topic that is active."""

    source: str
    query: str
    fields: str
    kinds: frozenset[str]
    watched: pushed.Watched

    def is_set_off(self, seen: Seen) -> bool:
        """Say whether a change is one that the topic looks at."""
        if seen.kind not in self.kinds:
            return False
        if seen.kind != "UPDATE" or self.fields == "All":
            return seen.kind != "UPDATE" or bool(seen.changed)
        named = {
            "Select": self.watched.selected,
            "Where": self.watched.tested,
        }.get(self.fields, self.watched.selected | self.watched.tested)
        return bool(seen.changed & named)


def source_of(topic_id: str) -> str:
    """Return the channel under which the events of a topic are kept, whatever it is called."""
    return f"/topic/{topic_id}"


def _joined(changes: Iterable[Seen]) -> list[Seen]:
    """Join what happened to one record in one transaction: the first kind, and all fields."""
    found: dict[tuple[str, str], Seen] = {}
    for each in changes:
        key = (each.owner, each.record_id)
        before = found.get(key)
        kind = each.kind if before is None or each.kind != "UPDATE" else before.kind
        changed = each.changed if before is None else before.changed | each.changed
        found[key] = each._replace(kind=kind, changed=changed)
    return list(found.values())


def _plain(value: object) -> object:
    """Return a value as events write it: moments end in Z."""
    return value.replace("+0000", "Z") if isinstance(value, str) and "T" in value else value


class Topics:
    """The active topics, and what they have to say about a transaction."""

    def __init__(self, store: Store, schema: Callable[[], Schema], zone: ZoneInfo) -> None:
        self._store = store
        self._schema = schema
        self._zone = zone
        self._known: dict[str, list[Topic]] | None = None
        self._changed_in = -1
        self._watched = lru_cache(maxsize=1000)(self._compile)

    def forget(self) -> None:
        """Look at the records again; inside the present transaction, at each change."""
        self._known, self._changed_in = None, self._store.serial
        self._watched.cache_clear()

    def _environment(self, query: str) -> Environment:
        schema, today = self._schema(), clock.now().astimezone(self._zone).date()
        return Environment(schema, query, today, self._zone, schema, all_rows=True)

    def _compile(self, query: str) -> pushed.Watched | None:
        with suppress(SalesforceError, RecursionError):
            return pushed.compiled(self._environment(query))[2]
        return None

    def watched(self, query: str) -> pushed.Watched | None:
        """Return what a topic's statement is about, unless its fields are gone."""
        return self._watched(query)

    def _topics(self) -> dict[str, list[Topic]]:
        if self._known is not None:
            return self._known
        found: dict[str, list[Topic]] = {}
        with self._store.read() as connection:
            rows = connection.execute(SELECT).fetchall()
        for topic_id, query, fields, *flags in rows:
            watched = self._watched(query)
            if watched is None:
                continue
            kinds = frozenset(kind for kind, flag in zip(KINDS, flags, strict=True) if flag)
            made = Topic(source_of(topic_id), query, fields, kinds, watched)
            found.setdefault(watched.owner, []).append(made)
        # What an open transaction says of topics may yet be undone.
        if self._changed_in != self._store.serial:
            self._known = found
        return found

    def see(self, kind: str, change: Change) -> Seen | None:
        """Return what a change means to the topics, or None where nobody watches."""
        name = change.owner.name
        if name not in self._topics():
            return None
        changed: set[str] = set()
        if kind == "UPDATE":
            changed = {
                each
                for each in change.changed_fields() - SILENT
                if (field := change.owner.find(each)) is None or field.summary is None
            }
            changed |= _compounds(change, changed)
            if not changed:
                return None
        return Seen(name, change.record_id, kind, frozenset(changed))

    def events(self, changes: list[Seen]) -> list[tuple[str, Body]]:
        """Return channel and content of every event that a transaction sets off."""
        joined = _joined(changes)
        present = clock.stamp().replace("+0000", "Z")
        found: list[tuple[str, Body]] = []
        for name, topics in self._topics().items():
            of_object = [each for each in joined if each.owner == name]
            for topic in topics if of_object else ():
                found += self._told(topic, of_object, present)
        return found

    def _told(self, topic: Topic, changes: list[Seen], present: str) -> list[tuple[str, Body]]:
        wanted = {each.record_id: each.kind for each in changes if topic.is_set_off(each)}
        if not wanted:
            return []
        with self._store.read() as connection:
            environment = self._environment(topic.query)
            records = pushed.among(connection, environment, list(wanted))
        found: list[tuple[str, Body]] = []
        for record_id, kind in wanted.items():
            record = records.get(record_id)
            if record is None:
                continue
            named = {"Id"} if kind == "DELETE" else set(record)
            sobject = {name: _plain(record[name]) for name in record if name in named}
            event: Body = {"createdDate": present, "type": KINDS[kind]}
            body: Body = {"event": event, "sobject": sobject, "object": topic.watched.owner}
            found.append((topic.source, body))
        return found


def _compounds(change: Change, changed: set[str]) -> set[str]:
    """Return the addresses of which a part was changed."""
    return {
        field.name
        for field in change.owner.fields.values()
        if field.type in {"address", "location"}
        and any(each.startswith(field.name.removesuffix("Address")) for each in changed)
    }


def readable(schema: Schema, payload: Body) -> Body | None:
    """Return what of a topic's event may be told to someone who sees this much of the org."""
    owner = schema.find(str(payload["object"]))
    sobject = payload["sobject"]
    if owner is None or not isinstance(sobject, dict):
        return None
    seen = {name: value for name, value in sobject.items() if owner.find(name) is not None}
    return {"event": payload["event"], "sobject": seen}
