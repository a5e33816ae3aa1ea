"""Small things that several rules do."""

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import MOVED, Change, Context, SaveOptions, Values
from crm_sync.localorg.store.tables import quote

INACTIVE = "field integrity exception: PricebookEntryId (pricebook entry has been inactivated.)"


def refuse(code: str, message: str, *fields: str) -> SalesforceError:
    """Return a refusal about some fields."""
    return SalesforceError(code, message, list(fields))


def number(value: object) -> float:
    """Read a stored number; nothing counts as zero."""
    return float(value) if isinstance(value, int | float) else 0.0


def money(value: float) -> float:
    """Round a sum to cents."""
    return round(value + 0.0, 2)


def person_name(change: Change) -> None:
    """Keep the full name in step with its parts."""
    parts = (change.new.get("FirstName"), change.new.get("LastName"))
    change.new["Name"] = " ".join(str(part) for part in parts if part) or None


def set_columns(ctx: Context, name: str, record_id: str, values: Values) -> None:
    """Write derived columns of a record and move its time stamp; subscribers hear of it."""
    is_told = name in ctx.schema.tracked
    row = (ctx.row(name, record_id) or {}) if is_told else {}
    old = row.get("SystemModstamp") or ctx.value(
        f"SELECT SystemModstamp FROM {quote(name)} WHERE Id = ?", record_id
    )
    columns = {**values, "SystemModstamp": ctx.stamp(str(old))}
    assignments = ", ".join(f"{quote(column)} = ?" for column in columns)
    ctx.connection().execute(
        f"UPDATE {quote(name)} SET {assignments} WHERE Id = ?",
        (*columns.values(), record_id),
    )
    if any(row.get(column) != value for column, value in values.items()) and row:
        options = SaveOptions(user_id=ctx.user_id, system=True)
        owner = ctx.schema.require(name)
        ctx.on_change(MOVED, Change(owner, record_id, row, {**row, **columns}, options))


def status_row(ctx: Context, table: str, value: object) -> Values:
    """Return the facts that the org keeps about a status value."""
    sql = f"SELECT * FROM {quote(table)} WHERE ApiName = ?"
    return ctx.first(sql, value) or {}
