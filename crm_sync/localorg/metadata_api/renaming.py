"""Giving a custom object another name: its records keep their ids, all that names it follows."""

import re
import sqlite3

from crm_sync.localorg import seed
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.metadata_api.deploy import apply
from crm_sync.localorg.metadata_api.outcome import Deploy
from crm_sync.localorg.metadata_api.package import Package
from crm_sync.localorg.org import Org
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.store.tables import quote

NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*__c\Z")
OWN = "object = 'CustomObject' AND name = ?"


def _moved(connection: sqlite3.Connection, old: str, new: str) -> None:
    """Rename the table of an object and what knows it by its name."""
    connection.execute(f"ALTER TABLE {quote(old)} RENAME TO {quote(new)}")
    sql = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOT NULL"
    for (name,) in connection.execute(sql, (new,)).fetchall():
        connection.execute(f"DROP INDEX {quote(name)}")
    prefixes = seed.read_prefixes(connection)
    prefixes[new] = prefixes.pop(old)
    seed.write_prefixes(connection, prefixes)
    change = "UPDATE RecordType SET SobjectType = ? WHERE SobjectType = ?"
    connection.execute(change, (new, old))
    connection.execute(f"UPDATE _settled SET name = ? WHERE {OWN}", (new, old))
    connection.execute(
        "UPDATE _settled SET name = ? || substr(name, ?) WHERE name LIKE ? ESCAPE '!'",
        (new, len(old) + 1, f"{old.replace('_', '!_')}.%"),
    )


def _package(org: Org, old: str, new: str) -> Package:
    """Return all metadata that name the object, with its other name."""
    word = re.compile(rb"\b" + old.encode() + rb"\b")
    package = Package()
    for each in org.components():
        owner, dot, part = each.name.partition(".")
        name = f"{new}{dot}{part}" if owner == old else each.name
        body = word.sub(new.encode(), each.body)
        if name != each.name:
            package.deletions.append((each.kind, each.name))
        if name != each.name or body != each.body:
            package.components.append((name, Component(each.kind, name, body)))
    return package


def check(org: Org, old: str, new: str) -> None:
    """Refuse names that are none, taken or unknown."""
    owner = org.schema.find(old)
    if owner is None or owner.name != old or not owner.custom or owner.is_event:
        message = f"no CustomObject named {old} found"
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", message)
    if not NAME.match(new):
        raise SalesforceError("INVALID_FULL_NAME", f"Not a name of a custom object: {new}")
    if org.schema.find(new) is not None:
        message = f"There is already a component named {new}"
        raise SalesforceError("DUPLICATE_DEVELOPER_NAME", message)


def rename(org: Org, old: str, new: str) -> Deploy:
    """Give a custom object another name."""
    check(org, old, new)
    return apply(org, _package(org, old, new), lambda connection: _moved(connection, old, new))
