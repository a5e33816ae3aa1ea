"""Functions of fields in SQL: aggregates and date parts."""

from datetime import datetime, time, timedelta

from crm_sync.localorg.schema.model import NUMBER_TYPES, Field
from crm_sync.localorg.soql.nodes import Call, Expression, Path
from crm_sync.localorg.soql.scope import Resolved, Scope

AGGREGATES = frozenset(("COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"))
DATE_PARTS = {
    "CALENDAR_YEAR": "CAST(strftime('%Y', {0}) AS INTEGER)",
    "CALENDAR_MONTH": "CAST(strftime('%m', {0}) AS INTEGER)",
    "CALENDAR_QUARTER": "(CAST(strftime('%m', {0}) AS INTEGER) + 2) / 3",
    "DAY_IN_MONTH": "CAST(strftime('%d', {0}) AS INTEGER)",
    "DAY_IN_WEEK": "CAST(strftime('%w', {0}) AS INTEGER) + 1",
    "DAY_IN_YEAR": "CAST(strftime('%j', {0}) AS INTEGER)",
    "HOUR_IN_DAY": "CAST(strftime('%H', {0}) AS INTEGER)",
    "WEEK_IN_MONTH": "(CAST(strftime('%d', {0}) AS INTEGER) + 6) / 7",
    "WEEK_IN_YEAR": "(CAST(strftime('%j', {0}) AS INTEGER) + 6) / 7",
}
DATE_PARTS |= {
    "FISCAL_YEAR": DATE_PARTS["CALENDAR_YEAR"],
    "FISCAL_MONTH": DATE_PARTS["CALENDAR_MONTH"],
    "FISCAL_QUARTER": DATE_PARTS["CALENDAR_QUARTER"],
}
GROUPING = "GROUPING"
SAME = frozenset(("CONVERTCURRENCY",))


def is_aggregate(node: object) -> bool:
    """Say whether an expression sums up many rows."""
    return isinstance(node, Call) and (node.name in AGGREGATES or node.name == GROUPING)


def grouping_mark(sql: str) -> str:
    """Return what stands for the answer whether a row sums up over a field."""
    return f"_grouping({sql})"


def _label(inner: Resolved) -> Resolved:
    """Return the label of a picklist value."""
    pairs = [(pick.value, pick.label or pick.value) for pick in inner.field.picklist]
    named = [(value, label) for value, label in pairs if value != label]
    if not named:
        return inner
    quoted = [tuple(each.replace("'", "''") for each in pair) for pair in named]
    cases = " ".join(f"WHEN '{value}' THEN '{label}'" for value, label in quoted)
    sql = f"CASE {inner.sql} {cases} ELSE {inner.sql} END"
    return Resolved(sql, inner.field, inner.owner, inner.joined)


def _local(scope: Scope, inner: Resolved) -> Resolved:
    """Return a moment in the time zone of the user."""
    noon = datetime.combine(scope.env.today, time(12), scope.env.zone)
    offset = noon.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    moved = f"strftime('%Y-%m-%dT%H:%M:%S', substr({inner.sql}, 1, 19), '{minutes:+d} minutes')"
    return Resolved(moved, inner.field, inner.owner, inner.joined)


def _aggregate(scope: Scope, node: Call) -> Resolved:
    whole = Field(node.name, node.name, "int")
    if node.argument is None:
        if node.name != "COUNT":
            raise scope.env.refuse("MALFORMED_QUERY", node.at, "unexpected token: ')'")
        return Resolved("COUNT(*)", whole, scope.owner, joined=False)
    inner = resolve_expression(scope, node.argument)
    if node.name == "COUNT":
        return Resolved(f"COUNT({inner.sql})", whole, scope.owner, joined=False)
    if node.name == "COUNT_DISTINCT":
        return Resolved(f"COUNT(DISTINCT {inner.sql})", whole, scope.owner, joined=False)
    if node.name in {"SUM", "AVG"}:
        return _summed(scope, node, inner)
    if inner.field.type in {"boolean", "address"}:
        raise _cannot(scope, node, inner.field)
    return Resolved(f"{node.name}({inner.sql})", inner.field, inner.owner, joined=False)


def _cannot(scope: Scope, node: Call, field: Field) -> Exception:
    message = f"field {field.name} does not support aggregate operator {node.name}"
    return scope.env.refuse("MALFORMED_QUERY", node.at, message)


def _summed(scope: Scope, node: Call, inner: Resolved) -> Resolved:
    if inner.field.type not in NUMBER_TYPES | {"int"}:
        raise _cannot(scope, node, inner.field)
    digits = max(inner.field.scale, 2) if node.name == "SUM" else 15
    kind = inner.field.type if node.name == "SUM" else "double"
    shown = Field(node.name, node.name, "double" if kind == "int" else kind)
    return Resolved(f"ROUND({node.name}({inner.sql}), {digits})", shown, inner.owner, joined=False)


def _plain(scope: Scope, name: str, inner: Resolved) -> Resolved | None:
    """Return what a function makes of any field, or None for the functions of single types."""
    if name in SAME:
        return inner
    if name == "TOLABEL":
        return _label(inner)
    if name == "CONVERTTIMEZONE" and inner.field.type == "datetime":
        return _local(scope, inner)
    if name == GROUPING:
        whole = Field(GROUPING, GROUPING, "int")
        return Resolved(grouping_mark(inner.sql), whole, inner.owner, inner.joined)
    return None


def _function(scope: Scope, node: Call) -> Resolved:
    if node.argument is None:
        raise scope.env.refuse("MALFORMED_QUERY", node.at, "unexpected token: ')'")
    inner = resolve_expression(scope, node.argument)
    plain = _plain(scope, node.name, inner)
    if plain is not None:
        return plain
    if node.name == "FORMAT":
        shown = Field(inner.field.name, inner.field.label, "string", length=255)
        return Resolved(f"CAST({inner.sql} AS TEXT)", shown, inner.owner, inner.joined)
    if inner.field.type in {"date", "datetime"}:
        if node.name == "DAY_ONLY":
            day = Field(inner.field.name, inner.field.label, "date")
            return Resolved(f"substr({inner.sql}, 1, 10)", day, inner.owner, inner.joined)
        if node.name in DATE_PARTS:
            sql = DATE_PARTS[node.name].format(f"substr({inner.sql}, 1, 19)")
            part = Field(inner.field.name, inner.field.label, "int")
            return Resolved(f"({sql})", part, inner.owner, inner.joined)
    message = f"Invalid function for field {inner.field.name}: {node.name}"
    raise scope.env.refuse("INVALID_FIELD", node.at, message)


def resolve_expression(scope: Scope, node: Expression) -> Resolved:
    """Return the SQL of a field or function."""
    if isinstance(node, Path):
        return scope.resolve(node)
    if node.name in AGGREGATES:
        return _aggregate(scope, node)
    return _function(scope, node)
