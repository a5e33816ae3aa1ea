"""Events between the form in which the log keeps them and Avro."""

import functools
import io
import json
import uuid
from datetime import UTC, datetime
from typing import Any, cast

import fastavro

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.streaming.log import Event
from crm_sync.localorg.streaming.shape import HEADER, LISTS

REPLAY_BYTES = 8
MOMENTS = ("DateTime", "DateOnly")
Schema = dict[str, Any]


@functools.lru_cache(maxsize=64)
def _parsed(text: str) -> tuple[Schema, Any]:
    """Return a schema as it is written, and as the Avro library wants it."""
    schema: Schema = json.loads(text)
    return schema, fastavro.parse_schema(schema)


def replay_bytes(replay: int) -> bytes:
    """Return a replay id as clients keep it: opaque to them."""
    return replay.to_bytes(REPLAY_BYTES, "big")


def replay_number(replay: bytes) -> int | None:
    """Return the number inside a replay id, or None for what is none of ours."""
    return int.from_bytes(replay, "big") if len(replay) == REPLAY_BYTES else None


def _inner(kind: object) -> object:
    """Return what a field holds when it is not null."""
    return kind[-1] if isinstance(kind, list) else kind


def _is_moment(field: Schema) -> bool:
    return str(field.get("doc", "")).rpartition(":")[2] in MOMENTS


def _to_avro(field: Schema, value: object) -> object:
    kind = _inner(field["type"])
    if value is None or isinstance(value, dict):
        return value
    if _is_moment(field):
        text = str(value)
        moment = clock.parse_datetime(text if "T" in text else f"{text}T00:00:00Z")
        return int(moment.timestamp() * 1000)
    return str(value) if kind == "string" else value


def bitmap(places: list[int]) -> str:
    """Return places as the hexadecimal digits of a number with these bits set."""
    digits = f"{sum(1 << place for place in set(places)):X}"
    return "0x" + digits.zfill(len(digits) + len(digits) % 2)


def _nested_names(field: Schema, schema: Schema) -> list[str]:
    kind = _inner(field["type"])
    if isinstance(kind, str):
        same = (_inner(each["type"]) for each in schema["fields"])
        kind = next(each for each in same if isinstance(each, dict) and each["name"] == kind)
    return [each["name"] for each in kind["fields"]] if isinstance(kind, dict) else []


def bitmaps(schema: Schema, paths: list[str]) -> list[str]:
    """Return field names as bitmaps: one for plain fields, one for each that nests others."""
    places = {field["name"]: place for place, field in enumerate(schema["fields"])}
    plain = [places[path] for path in paths if "." not in path]
    nested: dict[int, list[int]] = {}
    for path in paths:
        name, dot, inner = path.partition(".")
        if dot:
            names = _nested_names(schema["fields"][places[name]], schema)
            nested.setdefault(places[name], []).append(names.index(inner))
    found = [bitmap(plain)] if plain else []
    return found + [f"{place}-{bitmap(inside)}" for place, inside in sorted(nested.items())]


def _record(schema: Schema, payload: dict[str, object]) -> dict[str, object]:
    record: dict[str, object] = {}
    for field in schema["fields"]:
        name = field["name"]
        if name == HEADER:
            header = dict(cast("dict[str, Any]", payload[HEADER]))
            for each in LISTS:
                header[each] = bitmaps(schema, header[each])
            record[name] = header
        elif name in payload:
            record[name] = _to_avro(field, payload[name])
    return record


def encode(org: Org, event: Event) -> tuple[str, str, bytes] | None:
    """Return id, schema id and Avro bytes of an event, if the caller may hear of it."""
    owner = org.channels.owner_of(event.channel)
    told = org.told(event)
    if owner is None or told is None:
        return None
    schema_id, text = org.event_schemas.of(owner)
    schema, parsed = _parsed(text)
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, parsed, _record(schema, told))
    made = event.uuid or str(uuid.uuid5(uuid.NAMESPACE_OID, f"{org.org_id}-{event.replay}"))
    return made, schema_id, buffer.getvalue()


def _from_avro(field: Schema, value: object) -> object:
    if value is None or not _is_moment(field) or not isinstance(value, int):
        return value
    moment = datetime.fromtimestamp(value / 1000, tz=UTC)
    return moment.date().isoformat() if field["doc"].endswith("DateOnly") else clock.to_wire(moment)


def decode(org: Org, schema_id: str, payload: bytes) -> dict[str, object]:
    """Return the fields of an event that a client publishes."""
    text = org.event_schemas.find(schema_id)
    if text is None:
        raise SalesforceError("INVALID_SCHEMA", f"Unknown schema ID: {schema_id}")
    schema, parsed = _parsed(text)
    try:
        found = fastavro.schemaless_reader(io.BytesIO(payload), parsed, None)
    except (EOFError, ValueError, IndexError, KeyError, TypeError, OverflowError) as error:
        raise SalesforceError("INVALID_PAYLOAD", f"The payload is not valid: {error}") from error
    if not isinstance(found, dict):
        raise SalesforceError("INVALID_PAYLOAD", "The payload is not a record")
    return {
        field["name"]: _from_avro(field, found[field["name"]])
        for field in schema["fields"]
        if not str(field.get("doc", "")).startswith("Created")
    }
