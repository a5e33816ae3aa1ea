"""Merging records: one survives, the others lead to it."""

from collections.abc import Sequence

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import Change, Context, SaveOptions, Values
from crm_sync.localorg.records.delete import relink
from crm_sync.localorg.records.rollups import refresh
from crm_sync.localorg.records.save import live_row, update
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.store.tables import quote

MERGEABLE = frozenset(("Account", "Contact", "Lead", "Case"))
MOST_VICTIMS = 2


def merge(
    ctx: Context,
    owner: SObject,
    master_id: str,
    victims: Sequence[str],
    values: Values,
    options: SaveOptions,
) -> list[str]:
    """Move everything that hangs on the victims to the master; return what was moved."""
    if owner.name not in MERGEABLE:
        raise SalesforceError("INVALID_TYPE", f"{owner.name} records cannot be merged")
    if not 1 <= len(victims) <= MOST_VICTIMS or master_id in victims:
        message = "One or two records can be merged into another one"
        raise SalesforceError("INVALID_FIELD", message)
    moved: list[str] = []
    with ctx.store.write():
        master = live_row(ctx, owner, master_id)
        for victim in victims:
            row = live_row(ctx, owner, victim)
            _check_leads(owner, master, row)
            moved += _move_children(ctx, owner, victim, master_id, options)
            _bury(ctx, owner, row, master_id, options)
        update(ctx, owner, master_id, values, options)
    return moved


def _check_leads(owner: SObject, master: Values, victim: Values) -> None:
    if owner.name == "Lead" and (master["IsConverted"] or victim["IsConverted"]):
        message = "cannot reference converted lead"
        raise SalesforceError("CANNOT_UPDATE_CONVERTED_LEAD", message, [])


def _move_children(
    ctx: Context, owner: SObject, victim: str, master: str, options: SaveOptions
) -> list[str]:
    moved: list[str] = []
    for relation in owner.children:
        child = ctx.schema.require(relation.child)
        if relation.field == "MasterRecordId" or child.view:
            continue
        sql = (
            f"SELECT * FROM {quote(child.name)} WHERE {quote(relation.field)} = ? AND IsDeleted = 0"
        )
        for row in ctx.rows(sql, victim):
            relink(ctx, child, row, {relation.field: master}, options)
            moved.append(str(row["Id"]))
    return moved


def _bury(ctx: Context, owner: SObject, row: Values, master: str, options: SaveOptions) -> None:
    stamp = ctx.stamp(str(row["SystemModstamp"]))
    ctx.connection().execute(
        f"UPDATE {quote(owner.name)} SET IsDeleted = 1, MasterRecordId = ?, SystemModstamp = ?, "
        "LastModifiedDate = ? WHERE Id = ?",
        (master, stamp, stamp, row["Id"]),
    )
    refresh(ctx, owner, row, None)
    buried = {**row, "MasterRecordId": master}
    ctx.on_change("DELETE", Change(owner, str(row["Id"]), row, buried, options))
