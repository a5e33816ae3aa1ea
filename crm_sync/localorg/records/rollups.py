"""Roll-up fields: kept right whenever a child record comes, changes, goes or returns."""

from crm_sync.localorg.records.context import Context, Values
from crm_sync.localorg.records.rules.common import set_columns
from crm_sync.localorg.schema.model import Field, Schema, SObject, Summary
from crm_sync.localorg.store.tables import quote

FUNCTIONS = {"count": "COUNT", "sum": "SUM", "min": "MIN", "max": "MAX"}
COMPARISONS = {
    "equals": "=",
    "notEqual": "<>",
    "lessThan": "<",
    "greaterThan": ">",
    "lessOrEqual": "<=",
    "greaterOrEqual": ">=",
}
PATTERNS = {"contains": "%{}%", "notContain": "%{}%", "startsWith": "{}%"}
MOST_LEVELS = 5


def _literal(field: Field, value: str) -> object:
    if field.type == "boolean":
        return int(value.lower() in {"true", "1"})
    if field.type in {"currency", "double", "percent", "int"}:
        return float(value or 0)
    return value


def _test(child: SObject, name: str, operation: str, value: str) -> tuple[str, list[object]]:
    field = child.find(name)
    if field is None:
        return "1", []
    column = quote(field.name)
    if operation in PATTERNS:
        negation = "NOT " if operation.startswith("not") else ""
        test = f"{negation}COALESCE({column}, '') LIKE ?"
        return test, [PATTERNS[operation].format(value)]
    if operation in {"includes", "excludes"}:
        sign = ">" if operation == "includes" else "="
        return f"instr(';' || COALESCE({column}, '') || ';', ?) {sign} 0", [f";{value};"]
    values = [part.strip() for part in value.split(",")]
    if operation == "equals" and not value:
        return f"{column} IS NULL", []
    if operation in {"equals", "notEqual"} and len(values) > 1:
        marks = ", ".join("?" * len(values))
        inside = f"COALESCE({column}, '') IN ({marks})"
        test = inside if operation == "equals" else f"NOT {inside}"
        return test, [_literal(field, part) for part in values]
    sign = COMPARISONS.get(operation, "=")
    if operation == "notEqual":
        return f"{column} IS NOT ?", [_literal(field, value)]
    return f"{column} {sign} ?", [_literal(field, value)]


def question(schema: Schema, summary: Summary, parent: str) -> tuple[str, list[object]]:
    """Return the SQL that works a roll-up out for a parent."""
    child = schema.require(summary.child)
    what = "*" if summary.operation == "count" else quote(summary.field)
    tests, params = ["IsDeleted = 0", f"{quote(summary.link)} = {parent}"], []
    for name, operation, value in summary.filters:
        test, values = _test(child, name, operation, value)
        tests.append(test)
        params += values
    total = f"{FUNCTIONS.get(summary.operation, 'COUNT')}({what})"
    if summary.operation in {"count", "sum"}:
        total = f"ROUND(COALESCE({total}, 0), 10)"
    return f"SELECT {total} FROM {quote(child.name)} WHERE {' AND '.join(tests)}", params


def refresh(
    ctx: Context, child: SObject, old: Values | None, new: Values | None, level: int = 0
) -> None:
    """Bring the parents of a child record up to date."""
    if level > MOST_LEVELS:
        return
    for parent, field in ctx.schema.rollups.get(child.name, ()):
        if field.summary is None:
            continue
        link = field.summary.link
        found = {str(row[link]) for row in (old, new) if row is not None and row.get(link)}
        for parent_id in sorted(found):
            _refresh_one(ctx, parent, field, parent_id, level)


def _refresh_one(ctx: Context, parent: SObject, field: Field, parent_id: str, level: int) -> None:
    row = ctx.row(parent.name, parent_id)
    if row is None or row["IsDeleted"] or field.summary is None:
        return
    sql, params = question(ctx.schema, field.summary, "?")
    value = ctx.value(sql, parent_id, *params)
    if value != row.get(field.name):
        set_columns(ctx, parent.name, parent_id, {field.name: value})
        refresh(ctx, parent, row, ctx.row(parent.name, parent_id), level + 1)


def recount(ctx: Context) -> None:
    """Work every roll-up of the org out anew, after the schema has changed."""
    for found in ctx.schema.rollups.values():
        for parent, field in found:
            if field.summary is None:
                continue
            table, column = quote(parent.name), quote(field.name)
            sql, params = question(ctx.schema, field.summary, f"{table}.Id")
            ctx.connection().execute(f"UPDATE {table} SET {column} = ({sql})", params)
