"""The recycle bin: delete, cascade, restrict, undelete."""

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import MOVED, Change, Context, SaveOptions, Values
from crm_sync.localorg.records.history import forget
from crm_sync.localorg.records.rollups import refresh
from crm_sync.localorg.records.rules.table import AFTER_DELETE, BEFORE_DELETE
from crm_sync.localorg.records.save import check_lock, duplicate_value, live_row
from crm_sync.localorg.schema.model import ChildRelationship, SObject
from crm_sync.localorg.store import blobs
from crm_sync.localorg.store.tables import quote

MAX_CASCADE = 20
MOST_NAMED = 5
# Links that outlive what they lead to: who did something, where a file was first seen.
KEPT_LINKS = frozenset(
    (
        "CreatedById",
        "LastModifiedById",
        "OwnerId",
        "FirstPublishLocationId",
        "LatestPublishedVersionId",
    )
)
ACTIVITIES = frozenset(("Task", "Event"))


def delete(
    ctx: Context, owner: SObject, record_id: str, options: SaveOptions, depth: int = 0
) -> None:
    """Move a record, and what hangs on it, to the recycle bin."""
    owner = ctx.schema.require(owner.name)
    if depth == 0 and not options.system and not ctx.seen(owner, options).deletable:
        message = "insufficient access rights on object id"
        raise SalesforceError("INSUFFICIENT_ACCESS_OR_READONLY", message, [])
    with ctx.store.write():
        row = live_row(ctx, owner, record_id)
        ctx.before_save(owner, "delete", record_id, options)
        check_lock(ctx, record_id, options)
        rule = BEFORE_DELETE.get(owner.name)
        if rule is not None and depth == 0:
            rule(ctx, record_id)
        _forget_links(ctx, record_id)
        # What forbids the delete is looked at first: the answer names it, not what hangs below it.
        for relation in sorted(owner.children, key=lambda each: not each.restrict):
            _release(ctx, relation, row, options, depth)
        _set_deleted(ctx, owner, row, deleted=True)
        after = AFTER_DELETE.get(owner.name)
        if after is not None and depth == 0:
            after(ctx, row)
        refresh(ctx, owner, row, None)
        ctx.on_change("DELETE", Change(owner, record_id, row, row, options))


def _release(
    ctx: Context,
    relation: ChildRelationship,
    parent: Values,
    options: SaveOptions,
    depth: int,
) -> None:
    """Let go of the records that point at one that is being deleted."""
    child = ctx.schema.require(relation.child)
    if child.setup or relation.field in KEPT_LINKS:
        return
    sql = f"SELECT * FROM {quote(child.name)} WHERE {quote(relation.field)} = ? AND IsDeleted = 0"
    found = ctx.rows(sql, parent["Id"])
    if not found:
        return
    if relation.restrict:
        raise _associated(ctx, parent, child, found)
    for row in found:
        if depth < MAX_CASCADE and _goes_too(relation, row):
            _remember(ctx, parent, row, "")
            delete(ctx, child, str(row["Id"]), options, depth + 1)
        else:
            _remember(ctx, parent, row, relation.field)
            relink(ctx, child, row, {relation.field: None}, options)


def _goes_too(relation: ChildRelationship, row: Values) -> bool:
    """Say whether a record is deleted with its parent; an activity is with its last one."""
    if relation.child not in ACTIVITIES:
        return relation.cascade
    other = "WhatId" if relation.field == "WhoId" else "WhoId"
    return relation.field in {"WhoId", "WhatId"} and not row.get(other)


def _associated(
    ctx: Context, parent: Values, child: SObject, found: list[Values]
) -> SalesforceError:
    owner = ctx.schema.of_id(str(parent["Id"]))
    shown = _title(owner, parent) if owner is not None else parent["Id"]
    named = ", ".join(_title(child, row) for row in found[:MOST_NAMED])
    message = (
        f"Your attempt to delete {shown} could not be completed because it is associated "
        f"with the following {child.plural.lower()}.: {named}\n"
    )
    return SalesforceError("DELETE_FAILED", message, [])


def _title(owner: SObject, row: Values) -> str:
    named = owner.name_field
    return str((row.get(named.name) if named is not None else None) or row["Id"])


def relink(ctx: Context, owner: SObject, row: Values, values: Values, options: SaveOptions) -> None:
    """Change links that another record's fate decides: told to subscribers, no edit of anybody."""
    stamp = ctx.stamp(str(row["SystemModstamp"]))
    columns = {**values, "SystemModstamp": stamp}
    assignments = ", ".join(f"{quote(name)} = ?" for name in columns)
    ctx.connection().execute(
        f"UPDATE {quote(owner.name)} SET {assignments} WHERE Id = ?", (*columns.values(), row["Id"])
    )
    new = {**row, **columns}
    refresh(ctx, owner, row, new)
    ctx.on_change(MOVED, Change(owner, str(row["Id"]), row, new, options))


def _remember(ctx: Context, parent: Values, child: Values, field: str) -> None:
    """Keep what a delete takes along, or which link it empties, for the way back."""
    ctx.connection().execute(
        "INSERT INTO _binned VALUES (?, ?, ?)", (parent["Id"], child["Id"], field)
    )


def _forget_links(ctx: Context, record_id: str) -> None:
    ctx.connection().execute("DELETE FROM _binned WHERE parent = ?", (record_id,))


def _set_deleted(ctx: Context, owner: SObject, row: Values, *, deleted: bool) -> None:
    stamp = ctx.stamp(str(row["SystemModstamp"]))
    ctx.connection().execute(
        f"UPDATE {quote(owner.name)} SET IsDeleted = ?, SystemModstamp = ?, LastModifiedDate = ? "
        "WHERE Id = ?",
        (int(deleted), stamp, stamp, row["Id"]),
    )


def undelete(ctx: Context, owner: SObject, record_id: str, options: SaveOptions) -> None:
    """Take a record back from the recycle bin."""
    with ctx.store.write():
        row = ctx.row(owner.name, record_id)
        if row is None or not row["IsDeleted"]:
            raise SalesforceError("UNDELETE_FAILED", "Entity is not in the recycle bin")
        _check_still_unique(ctx, owner, row)
        _check_masters(ctx, owner, row)
        _set_deleted(ctx, owner, row, deleted=False)
        _bring_back(ctx, record_id, options)
        after = AFTER_DELETE.get(owner.name)
        if after is not None:
            after(ctx, row)
        refresh(ctx, owner, None, row)
        ctx.on_change("UNDELETE", Change(owner, record_id, row, row, options))


def _bring_back(ctx: Context, parent: str, options: SaveOptions) -> None:
    """Return what went with a record, and the links to it that nobody has set anew."""
    kept = ctx.rows("SELECT child, field FROM _binned WHERE parent = ? ORDER BY rowid", parent)
    for entry in kept:
        child = ctx.schema.of_id(str(entry["child"]))
        row = ctx.row(child.name, entry["child"]) if child is not None else None
        if child is None or row is None:
            continue
        field = str(entry["field"])
        if not field and row["IsDeleted"]:
            undelete(ctx, child, str(row["Id"]), options)
        elif field and field in row and row[field] is None:
            relink(ctx, child, row, {field: parent}, options)
    _forget_links(ctx, parent)


def _check_masters(ctx: Context, owner: SObject, row: Values) -> None:
    """Refuse to bring a detail back while what it is a part of is deleted."""
    for field in owner.fields.values():
        value = row.get(field.name)
        if not (field.required and field.cascade and isinstance(value, str)):
            continue
        parent = ctx.schema.of_id(value)
        above = ctx.row(parent.name, value) if parent is not None else None
        if above is None or above["IsDeleted"]:
            message = f"{field.label}: the record that this one is a part of is deleted"
            raise SalesforceError("UNDELETE_FAILED", message, [field.name])


def _check_still_unique(ctx: Context, owner: SObject, row: Values) -> None:
    for field in owner.fields.values():
        value = row.get(field.name)
        if not field.unique or value is None:
            continue
        table, column = quote(owner.name), quote(field.name)
        taken = ctx.value(f"SELECT Id FROM {table} WHERE {column} = ? AND IsDeleted = 0", value)
        if taken:
            raise duplicate_value(field.name, taken)


def purge(ctx: Context, owner: SObject, record_id: str) -> None:
    """Take a record, and what went to the bin with it, out of the recycle bin for good."""
    with ctx.store.write():
        row = ctx.row(owner.name, record_id)
        if row is None:
            raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        if not row["IsDeleted"]:
            raise SalesforceError("DELETE_FAILED", "Entity is not in the recycle bin", [])
        for relation in owner.children:
            if relation.cascade:
                _purge_children(ctx, relation, record_id)
        erase(ctx, owner, record_id)
        _forget_links(ctx, record_id)


def erase(ctx: Context, owner: SObject, record_id: str) -> None:
    """Leave nothing of a record: its row, its file, its history."""
    ctx.connection().execute(f"DELETE FROM {quote(owner.name)} WHERE Id = ?", (record_id,))
    blobs.forget(ctx.connection(), record_id)
    forget(ctx.connection(), record_id)


def _purge_children(ctx: Context, relation: ChildRelationship, parent: str) -> None:
    child = ctx.schema.require(relation.child)
    sql = f"SELECT Id FROM {quote(child.name)} WHERE {quote(relation.field)} = ? AND IsDeleted = 1"
    for found in ctx.rows(sql, parent):
        purge(ctx, child, str(found["Id"]))
