"""Avro schemas of events, under the fingerprints by which messages name them."""

import base64
import hashlib
import json
import threading
from typing import Any

from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.store.database import Store
from crm_sync.localorg.streaming.changes import channel_of
from crm_sync.localorg.streaming.shape import HEADER, LISTS, Part, change_parts, event_parts

NAMESPACE = "com.sforce.eventbus"
CHANGE_TYPES = (
    *("CREATE", "UPDATE", "DELETE", "UNDELETE"),
    *("GAP_CREATE", "GAP_UPDATE", "GAP_DELETE", "GAP_UNDELETE", "GAP_OVERFLOW", "SNAPSHOT"),
)
TYPES = {
    "boolean": "boolean",
    "int": "int",
    "currency": "double",
    "double": "double",
    "percent": "double",
    "date": "long",
    "datetime": "long",
}
DOCS = {
    "boolean": "Boolean",
    "int": "Integer",
    "currency": "Currency",
    "double": "Double",
    "percent": "Percent",
    "date": "DateOnly",
    "datetime": "DateTime",
    "reference": "EntityId",
    "picklist": "DynamicEnum",
    "multipicklist": "MultiEnum",
    "textarea": "MultiLineText",
    "email": "Email",
    "phone": "Phone",
    "url": "Url",
}
Schema = dict[str, Any]


def _strings(name: str) -> Schema:
    return {"name": name, "type": {"type": "array", "items": "string"}}


def _header() -> Schema:
    plain = (
        ("changeOrigin", "string"),
        ("transactionKey", "string"),
        ("sequenceNumber", "int"),
        ("commitTimestamp", "long"),
        ("commitNumber", "long"),
        ("commitUser", "string"),
    )
    kinds = {"type": "enum", "name": "ChangeType", "symbols": list(CHANGE_TYPES)}
    fields = [
        {"name": "entityName", "type": "string"},
        _strings("recordIds"),
        {"name": "changeType", "type": kinds},
        *({"name": name, "type": kind} for name, kind in plain),
        *(_strings(name) for name in LISTS),
    ]
    return {"name": HEADER, "type": {"type": "record", "name": HEADER, "fields": fields}}


def _compound(part: Part, known: set[str]) -> object:
    if part.kind in known:
        return part.kind
    known.add(part.kind)
    fields = [
        {"name": label, "type": ["null", TYPES.get(field.type, "string")], "default": None}
        for label, field in part.members
    ]
    return {"type": "record", "name": part.kind, "fields": fields}


def _entry(part: Part, known: set[str]) -> Schema:
    if part.is_compound:
        kind, doc = _compound(part, known), part.kind
    else:
        kind, doc = TYPES.get(part.kind, "string"), DOCS.get(part.kind, "Text")
    return {"name": part.name, "type": ["null", kind], "doc": f"Data:{doc}", "default": None}


def schema_of(owner: SObject) -> Schema:
    """Return the schema of a platform event, or of an object's change event."""
    if owner.is_event:
        name = owner.name
        head: list[Schema] = [
            {"name": "CreatedDate", "type": "long", "doc": "CreatedDate:DateTime"},
            {"name": "CreatedById", "type": "string", "doc": "CreatedBy:EntityId"},
        ]
        parts = event_parts(owner)
    else:
        name = channel_of(owner.name).removeprefix("/data/")
        head, parts = [_header()], change_parts(owner)
    known: set[str] = set()
    fields = head + [_entry(part, known) for part in parts]
    return {"type": "record", "name": name, "namespace": NAMESPACE, "fields": fields}


def fingerprint(text: str) -> str:
    """Return the id of a schema: twenty-two characters that depend on nothing else."""
    digest = hashlib.sha256(text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class EventSchemas:
    """Hands out schema ids, and remembers what each of them ever stood for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._known: dict[str, tuple[SObject, str, str]] = {}

    def of(self, owner: SObject) -> tuple[str, str]:
        """Return id and text of the schema by which an object's events are written now."""
        known = self._known.get(owner.name)
        if known is None or known[0] is not owner:
            text = json.dumps(schema_of(owner), separators=(",", ":"))
            known = (owner, fingerprint(text), text)
            self._keep(known[1], text)
            with self._lock:
                self._known[owner.name] = known
        return known[1], known[2]

    def _keep(self, schema_id: str, text: str) -> None:
        with self._store.write() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO _event_schema VALUES (?, ?)", (schema_id, text)
            )

    def find(self, schema_id: str) -> str | None:
        """Return the schema of an id that was handed out once."""
        for _owner, known_id, text in list(self._known.values()):
            if known_id == schema_id:
                return text
        with self._store.read() as connection:
            row = connection.execute(
                "SELECT body FROM _event_schema WHERE id = ?", (schema_id,)
            ).fetchone()
        return str(row[0]) if row else None
