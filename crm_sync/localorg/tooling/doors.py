"""The Tooling API over REST: the doors of the data services, with the schema of the workshop."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from crm_sync.localorg import ids
from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call, no_content
from crm_sync.localorg.rest import describe, extras, query, sobjects
from crm_sync.localorg.rest.routes import Routes
from crm_sync.localorg.soql.nodes import Query
from crm_sync.localorg.soql.parser import parse
from crm_sync.localorg.soql.shape import Record
from crm_sync.localorg.store import blobs
from crm_sync.localorg.store.tables import quote
from crm_sync.localorg.tooling import changing
from crm_sync.localorg.workshop import workshop

AREA = "/tooling"
RESOURCES = ("query", "queryAll", "sobjects")
COMPLEX = re.compile(r"\bSELECT\b.*\b(Metadata|FullName)\b.*\bFROM\b", re.IGNORECASE | re.DOTALL)
REIFIED = re.compile(r"\bWHERE\b.*\b(EntityDefinition(Id)?|DurableId)\b", re.IGNORECASE | re.DOTALL)
READS = frozenset(("GET", "HEAD"))
NO_RIGHT = "insufficient access rights on object id"
TOO_MANY = (
    "When retrieving results with Metadata or FullName fields, the query qualifications must "
    "specify no more than one row for retrieval. Result size: "
)


def _inside(call: Call) -> Call:
    return replace(call, org=workshop(call.org), area=AREA)


def _door(handler: Callable[..., Answer]) -> Callable[..., Answer]:
    """Return a door of the data services that leads into the workshop."""
    return lambda call, **words: handler(_inside(call), **words)


def resources(call: Call) -> Answer:
    """Map the names of the resources to their addresses."""
    return Answer({each: f"{call.base}{AREA}/{each}" for each in RESOURCES})


def _opened(record: Record) -> Record:
    """Show metadata as what they are, not as their text."""
    text = record.get("Metadata")
    return {**record, "Metadata": json.loads(text)} if isinstance(text, str) else record


def _check(text: str, asked: Query) -> None:
    if asked.source.lower() == "fielddefinition" and not REIFIED.search(text):
        message = (
            "FieldDefinition: a filter on a reified column is required "
            "[EntityDefinitionId,DurableId]"
        )
        raise SalesforceError("MALFORMED_QUERY", message)


def _query(call: Call, *, all_rows: bool) -> Answer:
    text = query.statement(call)
    inside, asked = _inside(call), parse(text)
    if inside.org.visible.find(asked.source) is None:
        return extras.tooling_query(call)
    _check(text, asked)
    page = inside.org.reader.query(text, base=inside.base, all_rows=all_rows)
    if len(page.records) > 1 and COMPLEX.search(text):
        raise SalesforceError("MALFORMED_QUERY", f"{TOO_MANY}{len(page.records)}")
    body = query.as_json(inside, page, "query")
    owner = inside.org.visible.require(asked.source)
    body["records"] = [_opened(each) for each in page.records]
    size = len(page.records) or page.total
    return Answer({"size": size, **body, "queryLocator": None, "entityTypeName": owner.name})


def ask(call: Call) -> Answer:
    """Answer a statement about metadata."""
    return _query(call, all_rows=False)


def ask_all(call: Call) -> Answer:
    """Answer a statement about metadata, deleted ones as well."""
    return _query(call, all_rows=True)


def _kind(call: Call, name: str) -> str:
    """Return the object of an address if its records are metadata."""
    owner = describe.object_of(_inside(call), name)
    if owner.name not in changing.WRITABLE:
        return ""
    if call.method not in READS and not owner.createable:
        raise SalesforceError("INSUFFICIENT_ACCESS_OR_READONLY", NO_RIGHT, [])
    return owner.name


def _component(call: Call, kind: str, record_id: str) -> str:
    found = changing.name_of(call, kind, ids.normalize(record_id) or "")
    if found is None:
        raise not_found()
    return found


def create(call: Call, name: str) -> Answer:
    """Create a record; metadata are deployed."""
    kind = _kind(call, name)
    if kind:
        made = changing.create(call, kind, call.json_object())
        body: dict[str, Any] = {"id": made, "success": True, "errors": []}
        answer = Answer(body, status=201)
    else:
        answer = sobjects.create(_inside(call), name=name)
    if isinstance(answer.data, dict):
        answer.data |= {"warnings": [], "infos": []}
    return answer


def read(call: Call, name: str, record_id: str) -> Answer:
    """Return a record."""
    answer = sobjects.read(_inside(call), name=name, record_id=record_id)
    if isinstance(answer.data, dict):
        answer.data = _opened(answer.data)
    return answer


def change(call: Call, name: str, record_id: str) -> Answer:
    """Change a record; metadata are deployed again."""
    kind = _kind(call, name)
    if not kind:
        return sobjects.change(_inside(call), name=name, record_id=record_id)
    component = _component(call, kind, record_id)
    inside = _inside(call)
    full = ids.normalize(record_id) or ""
    owner = describe.object_of(inside, kind)
    present = _opened(sobjects.fetch(inside, owner, full, None))
    if kind == "StaticResource":
        data = blobs.whole(call.org.store, full)
        present["Body"] = blobs.Content.of(data)
    changing.update(call, kind, component, present, call.json_object())
    return no_content()


def remove(call: Call, name: str, record_id: str) -> Answer:
    """Delete a record; metadata are taken away."""
    kind = _kind(call, name)
    if not kind:
        answer = sobjects.remove(_inside(call), name=name, record_id=record_id)
        _forget(call, name, record_id)
        return answer
    changing.delete(call, kind, _component(call, kind, record_id))
    return no_content()


def _forget(call: Call, name: str, record_id: str) -> None:
    """Leave nothing of a record: the Tooling API knows no recycle bin."""
    owner = describe.object_of(_inside(call), name)
    with call.org.store.write() as connection:
        sql = f"DELETE FROM {quote(owner.name)} WHERE Id = ?"
        connection.execute(sql, (ids.normalize(record_id),))


def add(routes: Routes) -> None:
    """Add the addresses of the Tooling API."""
    routes.add(AREA, GET=resources)
    routes.add(f"{AREA}/query", GET=ask)
    routes.add(f"{AREA}/queryAll", GET=ask_all)
    routes.add(f"{AREA}/(?P<resource>query|queryAll)/<locator>", GET=_door(query.more))
    routes.add(f"{AREA}/sobjects", GET=_door(describe.everything))
    routes.add(f"{AREA}/sobjects/<name>/describe", GET=_door(describe.one))
    routes.add(f"{AREA}/sobjects/<name>", GET=_door(describe.basic), POST=create)
    routes.add(f"{AREA}/sobjects/<name>/<record_id>", GET=read, PATCH=change, DELETE=remove)
    routes.add(f"{AREA}/sobjects/<name>/<key>/<value>", GET=_door(sobjects.read_by_key))
