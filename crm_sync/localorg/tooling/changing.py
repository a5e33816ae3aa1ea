"""Making, changing and deleting metadata as if they were records."""

import base64
import binascii
import re
from typing import Any

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Call
from crm_sync.localorg.metadata_api.contents import NAMESPACE, Files
from crm_sync.localorg.metadata_api.deploy import apply
from crm_sync.localorg.metadata_api.package import Package
from crm_sync.localorg.schema.source import DESCRIPTION, Component, object_components
from crm_sync.localorg.settling import kept
from crm_sync.localorg.store.blobs import Content
from crm_sync.localorg.workshop import workshop

NAMED = re.compile(r"\b(?:class|interface|enum|trigger)\s+(\w+)", re.IGNORECASE)
WRITABLE = kept.DETAILED
Given = dict[str, Any]


def _missing(name: str) -> SalesforceError:
    message = f"Required fields are missing: [{name}]"
    return SalesforceError("REQUIRED_FIELD_MISSING", message, [name])


def _name(kind: str, given: Given) -> str:
    """Return the full name of what is made; code tells its own."""
    field = "Name" if kind in {*kept.CODE, "StaticResource"} else "FullName"
    found = str(given.get(field) or "")
    if not found and kind in kept.CODE:
        written = NAMED.search(str(given.get(kept.CODE[kind][2]) or ""))
        found = written.group(1) if written else ""
    if not found:
        raise _missing(field)
    return found


def _metadata(given: Given) -> Given:
    found = given.get("Metadata") or {}
    if not isinstance(found, dict):
        raise SalesforceError("INVALID_FIELD", "Metadata: an object is expected", ["Metadata"])
    return found


def _described(kind: str, facts: Given) -> bytes:
    made = etree.Element(f"{{{NAMESPACE}}}{kind}", nsmap={None: NAMESPACE})
    kept.add_parts(made, {key: each for key, each in facts.items() if key != "fullName"})
    return bytes(etree.tostring(made))


def _file(value: object) -> bytes:
    if isinstance(value, Content):
        return b"".join(value.pieces())
    try:
        return base64.b64decode(str(value or ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SalesforceError("JSON_PARSER_ERROR", "Body: base64 is expected") from error


def _of_code(kind: str, name: str, given: Given) -> tuple[Component, Files]:
    folder, ending, field = kept.CODE[kind]
    if given.get(field) is None:
        raise _missing(field)
    facts = {"apiVersion": given.get("ApiVersion"), "status": given.get("Status")}
    if field == "Markup":
        facts = {"apiVersion": given.get("ApiVersion"), "label": given.get("MasterLabel") or name}
    body = _described(kind, {**facts, **_metadata(given)})
    path = f"{folder}/{name}.{ending}"
    files = {path: str(given[field]).encode(), path + DESCRIPTION: body}
    return Component(kind, name, body), files


def _of_resource(name: str, given: Given) -> tuple[Component, Files]:
    lacking = next((each for each in ("ContentType", "CacheControl") if not given.get(each)), None)
    if lacking is not None:
        raise _missing(lacking)
    facts = {
        "cacheControl": given["CacheControl"],
        "contentType": given["ContentType"],
        "description": given.get("Description"),
    }
    body = _described("StaticResource", facts)
    path = f"staticresources/{name}.resource"
    return Component("StaticResource", name, body), {
        path: _file(given.get("Body")),
        path + DESCRIPTION: body,
    }


def _package(kind: str, name: str, given: Given) -> Package:
    if kind in kept.CODE:
        component, files = _of_code(kind, name, given)
        return Package([(name, component)], contents={(kind, name): files})
    if kind == "StaticResource":
        component, files = _of_resource(name, given)
        return Package([(name, component)], contents={(kind, name): files})
    body = _described(kind, _metadata(given))
    if kind == "CustomObject":
        return Package([(name, each) for each in object_components(name, body)])
    return Package([(name, Component(kind, name, body))])


def _apply(call: Call, package: Package) -> None:
    done = apply(call.org, package)
    if done.failures:
        problem = "; ".join(each.problem for each in done.failures)
        raise SalesforceError("FIELD_INTEGRITY_EXCEPTION", problem, [])


def id_of(call: Call, kind: str, name: str) -> str | None:
    """Return the id of a component's record."""
    workshop(call.org)
    with call.org.store.read() as connection:
        sql = "SELECT id FROM _settled WHERE object = ? AND name = ?"
        found = connection.execute(sql, (kind, name)).fetchone()
    return str(found[0]) if found else None


def name_of(call: Call, kind: str, record_id: str) -> str | None:
    """Return the component behind a record."""
    workshop(call.org)
    with call.org.store.read() as connection:
        sql = "SELECT name FROM _settled WHERE object = ? AND id = ?"
        found = connection.execute(sql, (kind, record_id)).fetchone()
    return str(found[0]) if found else None


def create(call: Call, kind: str, given: Given) -> str:
    """Make a component; return the id of its record."""
    name = _name(kind, given)
    if id_of(call, kind, name) is not None:
        message = f"There is already a {kind} named {name}."
        raise SalesforceError("DUPLICATE_VALUE", message, [])
    _apply(call, _package(kind, name, given))
    found = id_of(call, kind, name)
    if found is None:
        raise SalesforceError("UNKNOWN_EXCEPTION", f"{kind} {name} was not kept")
    return found


def update(call: Call, kind: str, name: str, present: Given, given: Given) -> None:
    """Change a component: what is not told stays."""
    _apply(call, _package(kind, name, {**present, **given}))


def delete(call: Call, kind: str, name: str) -> None:
    """Delete a component."""
    _apply(call, Package(deletions=[(kind, name)]))
