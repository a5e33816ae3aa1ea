"""The org as the Tooling API sees it: the same records and users, another schema."""

import copy
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from weakref import WeakKeyDictionary

from crm_sync.localorg.metadata_api import contents
from crm_sync.localorg.org import Org
from crm_sync.localorg.schema.model import Schema, SObject
from crm_sync.localorg.schema.standard import read_objects
from crm_sync.localorg.settling import definitions, kept
from crm_sync.localorg.settling.wanted import Wanted
from crm_sync.localorg.settling.writing import Settler
from crm_sync.localorg.store import blobs, tables
from crm_sync.localorg.viewers import Viewers

SHARED = (
    "Group",
    "Organization",
    "PermissionSet",
    "PermissionSetAssignment",
    "Profile",
    "RecordType",
    "User",
    "UserRole",
)
# What of the Tooling API can be asked for by the data services, too.
COMMON = frozenset(
    (
        "apexclass",
        "apexcomponent",
        "apexpage",
        "apextrigger",
        "entitydefinition",
        "fielddefinition",
        "staticresource",
    )
)
_OPENED: WeakKeyDictionary[Org, tuple[Schema, Org]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def workshop(org: Org) -> Org:
    """Return the org with the schema of the Tooling API, in line with its metadata."""
    schema = org.schema
    with _LOCK:
        known = _OPENED.get(org)
    if known is not None and known[0] is schema:
        return known[1]
    own = read_objects("tooling.txt")
    with org.store.write() as connection:
        for each in own:
            tables.ensure(connection, each)
            sql = f"SELECT MAX(Id) FROM {tables.quote(each.name)}"
            org.ids.start_after(each.prefix, connection.execute(sql).fetchone()[0])
        _settle(org, connection, own)
    found = _of(org, own)
    with _LOCK:
        _OPENED[org] = (schema, found)
    return found


def _of(org: Org, own: list[SObject]) -> Org:
    shared = (org.schema.find(name) for name in SHARED)
    made = copy.copy(org)
    made.schema = Schema([*own, *(each.copy() for each in shared if each is not None)])
    made.viewers = Viewers(
        org.store, lambda: made.schema, org.components, audit_fields=org.settings.audit_fields
    )
    made.reader = replace(org.reader, schema=lambda: made.visible, whole=lambda: made.schema)
    return made


def _wanted(org: Org, connection: sqlite3.Connection) -> Iterator[tuple[Wanted, bytes]]:
    for each in org.components():
        if each.kind in kept.MAKERS:
            files = contents.read(connection, (each.kind, each.name))
            record = Wanted(kept.MAKERS[each.kind][0], each.name, kept.values_of(each, files))
            yield record, kept.content_of(files)


def _settle(org: Org, connection: sqlite3.Connection, own: list[SObject]) -> None:
    """Bring the records in line with the metadata they tell of."""
    schema = Schema(own)
    settler = Settler(connection, schema, org.ids, org.user_id)
    before = dict(settler.known)
    found = list(_wanted(org, connection))
    settler.settle(each for each, _content in found)
    for key in before.keys() - settler.known.keys():
        blobs.forget(connection, before[key])
    for each, content in found:
        if each.object == "StaticResource":
            record_id = settler.known[each.object, each.name]
            blobs.keep(connection, record_id, blobs.Content.of(content))
    connection.execute("UPDATE StaticResource SET Body = Id")
    definitions.refresh(connection, schema, org.schema)
