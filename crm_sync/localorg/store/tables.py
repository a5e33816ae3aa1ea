"""Tables and indexes for the objects of a schema."""

import sqlite3

from crm_sync.localorg.schema.model import NUMBER_TYPES, Field, SObject

INTERNAL = """
CREATE TABLE IF NOT EXISTS _meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS _component (
    kind TEXT, name TEXT, body BLOB NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS _settled (
    object TEXT, name TEXT, id TEXT NOT NULL, PRIMARY KEY (object, name));
CREATE TABLE IF NOT EXISTS _file (
    kind TEXT, name TEXT, path TEXT, body BLOB NOT NULL, PRIMARY KEY (kind, name, path));
CREATE TABLE IF NOT EXISTS _lock (record TEXT PRIMARY KEY, editors TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS _cursor (
    id TEXT PRIMARY KEY, soql TEXT NOT NULL, all_rows INTEGER NOT NULL, size INTEGER NOT NULL,
    total INTEGER NOT NULL, made REAL NOT NULL, ids BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS _counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS _event (
    replay INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, made REAL NOT NULL,
    payload TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS _event_schema (id TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS _event_channel ON _event (channel, replay);
CREATE TABLE IF NOT EXISTS _history (
    seq INTEGER PRIMARY KEY, record TEXT NOT NULL, made TEXT NOT NULL, who TEXT NOT NULL,
    kind TEXT NOT NULL, way TEXT NOT NULL, body TEXT);
CREATE INDEX IF NOT EXISTS _history_record ON _history (record, seq);
CREATE TABLE IF NOT EXISTS _binned (
    parent TEXT NOT NULL, child TEXT NOT NULL, field TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS _binned_parent ON _binned (parent);
CREATE TABLE IF NOT EXISTS _job (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, made REAL NOT NULL, facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS _job_input (
    job TEXT NOT NULL, part INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (job, part));
CREATE TABLE IF NOT EXISTS _blob (
    record TEXT NOT NULL, part INTEGER NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (record, part));
CREATE TABLE IF NOT EXISTS _statement (
    place INTEGER PRIMARY KEY, soql TEXT NOT NULL UNIQUE, ran REAL NOT NULL);
CREATE TABLE IF NOT EXISTS _job_result (job TEXT NOT NULL, good TEXT NOT NULL, bad TEXT NOT NULL);
"""


def quote(name: str) -> str:
    """Quote a name for SQL; names come from the schema and never hold quotes."""
    return f'"{name}"'


def column_type(field: Field) -> str:
    """Return the column definition of a field."""
    if field.type in NUMBER_TYPES:
        return "REAL"
    if field.type in {"int", "boolean"}:
        return "INTEGER"
    if field.type in {"reference", "id", "date", "datetime", "time"} or field.case_sensitive:
        return "TEXT"
    return "TEXT COLLATE NOCASE"


def _indexed(field: Field) -> bool:
    by_kind = field.type in {"reference", "email"} and field.name != "LastModifiedById"
    return (by_kind and field.name != "CreatedById") or field.is_key or field.is_name


def _create_index(owner: SObject, field: Field) -> str:
    table, column = quote(owner.name), quote(field.name)
    if field.unique:
        name = quote(f"u_{owner.name}_{field.name}")
        live = f'{column} IS NOT NULL AND "IsDeleted" = 0'
        return f"CREATE UNIQUE INDEX IF NOT EXISTS {name} ON {table} ({column}) WHERE {live}"
    name = quote(f"i_{owner.name}_{field.name}")
    return f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})"


def _existing(connection: sqlite3.Connection, owner: SObject) -> set[str]:
    rows = connection.execute(f"PRAGMA table_info({quote(owner.name)})")
    return {row[1].lower() for row in rows}


def _columns(owner: SObject) -> list[str]:
    lines = []
    for field in owner.stored():
        key = " PRIMARY KEY NOT NULL" if field.name == "Id" else ""
        lines.append(f"{quote(field.name)} {column_type(field)}{key}")
    return lines


def ensure(connection: sqlite3.Connection, owner: SObject) -> None:
    """Create an object's table, or add the columns that it does not have yet."""
    existing = _existing(connection, owner)
    if not existing:
        connection.execute(f"CREATE TABLE {quote(owner.name)} ({', '.join(_columns(owner))})")
    for field in owner.stored():
        if existing and field.key not in existing:
            clause = " DEFAULT 0" if field.type == "boolean" else ""
            connection.execute(
                f"ALTER TABLE {quote(owner.name)} "
                f"ADD COLUMN {quote(field.name)} {column_type(field)}{clause}"
            )
        if field.name != "Id" and (field.unique or _indexed(field)):
            connection.execute(_create_index(owner, field))
    # They hold all that counting, paging and looking for changes read: these stay off the table.
    for label, columns in (("stamp", "SystemModstamp, Id, IsDeleted"), ("live", "Id, IsDeleted")):
        name = quote(f"s_{owner.name}_{label}")
        connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {quote(owner.name)} ({columns})")
    connection.execute(f"DROP INDEX IF EXISTS {quote(f'i_{owner.name}_stamp')}")


def ensure_views(connection: sqlite3.Connection, owners: list[SObject]) -> None:
    """Make the views what the schema says, and leave those alone that are so already."""
    wanted = {each.name: f"CREATE VIEW {quote(each.name)} AS {each.view}" for each in owners}
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall()
    for name, sql in rows:
        if wanted.get(name) == sql:
            del wanted[name]
        else:
            connection.execute(f"DROP VIEW {quote(name)}")
    for statement in wanted.values():
        connection.execute(statement)


def ensure_internal(connection: sqlite3.Connection) -> None:
    """Create the tables of the org itself, inside the transaction of the caller."""
    for statement in INTERNAL.split(";"):
        connection.execute(statement)
