"""Functions of fields in SQL: aggregates, date parts, and how values are shown."""

from collections.abc import Callable

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.formula.places import KM_PER_MILE
from crm_sync.localorg.schema.model import NUMBER_TYPES, Field
from crm_sync.localorg.soql import abilities, native
from crm_sync.localorg.soql.nodes import Call, Expression, Path
from crm_sync.localorg.soql.scope import Resolved, Scope
from crm_sync.localorg.store.tables import quote

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
LOCAL = "CONVERTTIMEZONE"
SHOWING = frozenset(("TOLABEL", "FORMAT", "CONVERTCURRENCY"))
SHOWING_SUMS = frozenset(("TOLABEL", "FORMAT"))
CONVERTING = "CONVERTCURRENCY"
OF_MOMENTS = frozenset(("HOUR_IN_DAY", "DAY_ONLY"))


def is_aggregate(node: object) -> bool:
    """Say whether an expression sums up many rows."""
    if not isinstance(node, Call):
        return False
    inner = node.name in SHOWING and is_aggregate(node.argument)
    return node.name in AGGREGATES or node.name == GROUPING or inner


def _sums_up(node: object) -> bool:
    """Say whether many rows are summed up anywhere inside an expression."""
    if not isinstance(node, Call):
        return False
    return node.name in AGGREGATES or node.name == GROUPING or _sums_up(node.argument)


def misplaced(scope: Scope, node: Call) -> SalesforceError:
    """Return the refusal of a function that cannot stand where it stands."""
    return scope.env.refuse("MALFORMED_QUERY", node.at, f"unexpected token: '{node.name}'")


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


def _local(scope: Scope, node: Call, inner: Resolved) -> Resolved:
    """Return a moment in the time zone of the user."""
    if inner.field.type != "datetime":
        raise _cannot_use(scope, node, inner.field)
    sql = f"{native.LOCAL}({inner.sql})"
    return Resolved(sql, inner.field, inner.owner, inner.joined)


def _shown(scope: Scope, _node: Call, inner: Resolved) -> Resolved:
    """Return a value as people of the user's locale write it."""
    field = inner.field
    shown = Field(field.name, field.label, "string", length=255)
    facts = f"'{scope.env.locale}', '{field.type}', {field.scale}"
    sql = f"{native.SHOWN}({facts}, {inner.sql})"
    return Resolved(sql, shown, inner.owner, inner.joined)


def _grouping(scope: Scope, node: Call, inner: Resolved) -> Resolved:
    if not (scope.sums and scope.subtotals):
        message = "GROUPING is only allowed with GROUP BY ROLLUP or GROUP BY CUBE"
        raise scope.env.refuse("MALFORMED_QUERY", node.at, message)
    whole = Field(GROUPING, GROUPING, "int")
    return Resolved(grouping_mark(inner.sql), whole, inner.owner, inner.joined)


def _day(scope: Scope, node: Call, inner: Resolved) -> Resolved:
    if inner.field.type != "datetime":
        raise _cannot_use(scope, node, inner.field)
    day = Field(inner.field.name, inner.field.label, "date")
    return Resolved(f"substr({inner.sql}, 1, 10)", day, inner.owner, inner.joined)


PLAIN: dict[str, Callable[[Scope, Call, Resolved], Resolved]] = {
    "CONVERTCURRENCY": lambda _scope, _node, inner: inner,
    "TOLABEL": lambda _scope, _node, inner: _label(inner),
    LOCAL: _local,
    "FORMAT": _shown,
    "DAY_ONLY": _day,
    GROUPING: _grouping,
}


def _rank(field: Field, sql: str) -> str:
    """Return the place of a value in its picklist; values that it does not hold come last."""
    values = [pick.value.replace("'", "''") for pick in field.picklist]
    cases = " ".join(f"WHEN '{value}' THEN {place}" for place, value in enumerate(values))
    last = f"CASE WHEN {sql} IS NULL THEN NULL ELSE {len(values)} END"
    return f"CASE {sql} {cases} ELSE {last} END" if values else ""


def sort_keys(found: Resolved) -> list[str]:
    """Return what a field is sorted by: picklists by the order of their values."""
    if found.field.type != "picklist" or not found.field.picklist:
        return [found.sql]
    return [_rank(found.field, found.sql), found.sql]


def _count(scope: Scope, node: Call, inner: Resolved) -> Resolved:
    whole = Field(node.name, node.name, "int")
    distinct = "DISTINCT " if node.name == "COUNT_DISTINCT" else ""
    return Resolved(f"COUNT({distinct}{inner.sql})", whole, scope.owner, joined=False)


def _aggregate(scope: Scope, node: Call) -> Resolved:
    if not scope.sums:
        raise misplaced(scope, node)
    if node.argument is None:
        if node.name != "COUNT":
            raise scope.env.refuse("MALFORMED_QUERY", node.at, "unexpected token: ')'")
        whole = Field(node.name, node.name, "int")
        return Resolved("COUNT(*)", whole, scope.owner, joined=False)
    if isinstance(node.argument, Call) and _sums_up(node.argument):
        raise misplaced(scope, node.argument)
    inner = resolve_expression(scope, node.argument)
    if not abilities.is_aggregatable(inner.field):
        raise _cannot(scope, node, inner.field)
    return SUMMED[node.name](scope, node, inner)


def _least(scope: Scope, node: Call, inner: Resolved) -> Resolved:
    """Return the first or the last of all values."""
    rank = _rank(inner.field, inner.sql) if inner.field.type == "picklist" else ""
    sql = f"{node.name}({inner.sql})"
    if rank:
        sql = f"substr({node.name}(printf('%05d', {rank}) || {inner.sql}), 6)"
    return Resolved(sql, inner.field, scope.owner, joined=False)


def _cannot(scope: Scope, node: Call, field: Field) -> SalesforceError:
    message = f"field {field.name} does not support aggregate operator {node.name}"
    return scope.env.refuse("MALFORMED_QUERY", node.at, message)


def _cannot_use(scope: Scope, node: Call, field: Field) -> SalesforceError:
    message = f"Invalid function for field {field.name}: {node.name}"
    return scope.env.refuse("INVALID_FIELD", node.at, message)


def _summed(scope: Scope, node: Call, inner: Resolved) -> Resolved:
    if inner.field.type not in NUMBER_TYPES | {"int"}:
        raise _cannot(scope, node, inner.field)
    digits = max(inner.field.scale, 2) if node.name == "SUM" else 15
    kind = inner.field.type if inner.field.type == "currency" else "double"
    shown = Field(node.name, node.name, kind, scale=max(inner.field.scale, 2))
    return Resolved(f"ROUND({node.name}({inner.sql}), {digits})", shown, inner.owner, joined=False)


SUMMED: dict[str, Callable[[Scope, Call, Resolved], Resolved]] = {
    "AVG": _summed,
    "COUNT": _count,
    "COUNT_DISTINCT": _count,
    "MAX": _least,
    "MIN": _least,
    "SUM": _summed,
}


def _check_argument(scope: Scope, node: Call) -> Expression:
    """Return what a function is applied to; not every function fits into every other."""
    if node.argument is None:
        raise scope.env.refuse("MALFORMED_QUERY", node.at, "unexpected token: ')'")
    inner = node.argument
    if isinstance(inner, Call):
        if _sums_up(inner) and node.name not in SHOWING_SUMS:
            raise misplaced(scope, inner)
        if inner.name == GROUPING:
            raise misplaced(scope, inner)
        if inner.name == LOCAL and node.name not in (*DATE_PARTS, "DAY_ONLY"):
            raise misplaced(scope, inner)
    return inner


def _function(scope: Scope, node: Call) -> Resolved:
    argument = _check_argument(scope, node)
    inner = _resolved(scope, argument)
    if inner.field.type in abilities.COMPOUND:
        raise _cannot_use(scope, node, inner.field)
    if node.name in PLAIN:
        return PLAIN[node.name](scope, node, inner)
    dated = inner.field.type in {"date", "datetime"} and node.name in DATE_PARTS
    if not dated or (node.name in OF_MOMENTS and inner.field.type == "date"):
        raise _cannot_use(scope, node, inner.field)
    sql = DATE_PARTS[node.name].format(f"substr({inner.sql}, 1, 19)")
    part = Field(inner.field.name, inner.field.label, "int")
    return Resolved(f"({sql})", part, inner.owner, inner.joined)


def _degrees(scope: Scope, path: Path) -> tuple[str, str]:
    """Return the columns with latitude and longitude of an address."""
    found = scope.resolve(path)
    if found.field.type not in {"address", "location"}:
        message = f"DISTANCE function cannot be used with field {found.field.name}"
        raise scope.env.refuse("INVALID_FIELD", path.at, message)
    alias = found.sql.split(".")[0]
    parts = [found.owner.find(each) for each in found.field.degrees]
    first, second = (f"{alias}.{quote(each.name)}" if each else "NULL" for each in parts)
    return first, second


def distance(scope: Scope, node: Call) -> Resolved:
    """Return how far two places are from each other."""
    if not isinstance(node.argument, Path):
        raise scope.env.refuse("MALFORMED_QUERY", node.at, "unexpected token: ','")
    here = _degrees(scope, node.argument)
    place = node.place
    there = _degrees(scope, place) if isinstance(place, Path) else place or (0.0, 0.0)
    sql = f"{native.DISTANCE}({', '.join(str(each) for each in (*here, *there))})"
    if node.unit == "mi":
        sql = f"({sql} / {KM_PER_MILE})"
    return Resolved(sql, Field("DISTANCE", "Distance", "double", scale=15), scope.owner, True)


def resolve_expression(scope: Scope, node: Expression) -> Resolved:
    """Return the SQL of a field or function; a moment in another zone is only part of one."""
    if isinstance(node, Call) and node.name == LOCAL:
        raise misplaced(scope, node)
    return _resolved(scope, node)


def _resolved(scope: Scope, node: Expression) -> Resolved:
    if isinstance(node, Path):
        return scope.resolve(node)
    if node.name == "DISTANCE":
        return distance(scope, node)
    if node.name in AGGREGATES:
        return _aggregate(scope, node)
    return _function(scope, node)
