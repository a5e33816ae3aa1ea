"""The recycle bin: delete, cascade, restrict, undelete."""

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import Change, Context, SaveOptions, Values
from crm_sync.localorg.records.history import forget
from crm_sync.localorg.records.rollups import refresh
from crm_sync.localorg.records.rules.table import AFTER_DELETE, BEFORE_DELETE
from crm_sync.localorg.records.save import duplicate_value, live_row
from crm_sync.localorg.schema.model import ChildRelationship, SObject
from crm_sync.localorg.store.tables import quote

MAX_CASCADE = 20


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
        rule = BEFORE_DELETE.get(owner.name)
        if rule is not None and depth == 0:
            rule(ctx, record_id)
        for relation in owner.children:
            _release(ctx, relation, record_id, options, depth)
        _set_deleted(ctx, owner, row, deleted=True)
        after = AFTER_DELETE.get(owner.name)
        if after is not None and depth == 0:
            after(ctx, row)
        refresh(ctx, owner, row, None)
        ctx.on_change("DELETE", Change(owner, record_id, row, row, options))


def _release(
    ctx: Context,
    relation: ChildRelationship,
    record_id: str,
    options: SaveOptions,
    depth: int,
) -> None:
    child = ctx.schema.require(relation.child)
    if child.setup or relation.field in {"CreatedById", "LastModifiedById", "OwnerId"}:
        return
    table, column = quote(child.name), quote(relation.field)
    sql = f"SELECT Id FROM {table} WHERE {column} = ? AND IsDeleted = 0"
    found = [row[0] for row in ctx.connection().execute(sql, (record_id,))]
    if not found:
        return
    if relation.restrict:
        message = (
            "Your attempt to delete this record could not be completed because it is associated "
            f"with the following {child.plural.lower()}: {', '.join(found[:5])}"
        )
        raise SalesforceError("DELETE_FAILED", message)
    if relation.cascade and depth < MAX_CASCADE:
        for each in found:
            delete(ctx, child, each, options, depth + 1)
        return
    stamp = ctx.stamp("")
    ctx.connection().execute(
        f"UPDATE {table} SET {column} = NULL, SystemModstamp = max(SystemModstamp, ?) "
        f"WHERE {column} = ? AND IsDeleted = 0",
        (stamp, record_id),
    )


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
        _set_deleted(ctx, owner, row, deleted=False)
        for relation in owner.children:
            if relation.cascade:
                _undelete_children(ctx, relation, row, options)
        after = AFTER_DELETE.get(owner.name)
        if after is not None:
            after(ctx, row)
        refresh(ctx, owner, None, row)
        ctx.on_change("UNDELETE", Change(owner, record_id, row, row, options))


def _undelete_children(
    ctx: Context, relation: ChildRelationship, parent: Values, options: SaveOptions
) -> None:
    child = ctx.schema.require(relation.child)
    sql = (
        f"SELECT Id FROM {quote(child.name)} WHERE {quote(relation.field)} = ? "
        "AND IsDeleted = 1 AND SystemModstamp >= ?"
    )
    for found in ctx.rows(sql, parent["Id"], parent["SystemModstamp"]):
        undelete(ctx, child, str(found["Id"]), options)


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
        ctx.connection().execute(f"DELETE FROM {quote(owner.name)} WHERE Id = ?", (record_id,))
        forget(ctx.connection(), record_id)


def _purge_children(ctx: Context, relation: ChildRelationship, parent: str) -> None:
    child = ctx.schema.require(relation.child)
    sql = f"SELECT Id FROM {quote(child.name)} WHERE {quote(relation.field)} = ? AND IsDeleted = 1"
    for found in ctx.rows(sql, parent):
        purge(ctx, child, str(found["Id"]))
