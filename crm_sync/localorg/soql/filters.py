"""Conditions in SQL."""

from datetime import UTC, date, datetime, time

from crm_sync.localorg import clock, ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import NUMBER_TYPES, Field
from crm_sync.localorg.soql import periods
from crm_sync.localorg.soql.functions import resolve_expression
from crm_sync.localorg.soql.nodes import Compare, Value
from crm_sync.localorg.soql.scope import Resolved, Scope

LONG_TEXT = 255
REVERSED = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
EXPECTED = {
    "date": ("date", "word"),
    "datetime": ("datetime", "word"),
    "boolean": ("boolean",),
    "int": ("number",),
    "currency": ("number",),
    "double": ("number",),
    "percent": ("number",),
}


def _wrong_type(scope: Scope, value: Value, field: Field) -> SalesforceError:
    kind = {"datetime": "dateTime"}.get(field.type, field.type)
    if field.type not in EXPECTED:
        kind, tail = "string", " and should be enclosed in quotes"
    else:
        tail = " and should not be enclosed in quotes" if value.kind == "string" else ""
    message = f"value of filter criterion for field '{field.name}' must be of type {kind}{tail}"
    return scope.env.refuse("INVALID_FIELD", value.at, message)


def _literal(scope: Scope, value: Value, field: Field) -> object:
    """Return a literal in the form in which the column keeps it."""
    if value.kind == "null":
        return None
    expected = EXPECTED.get(field.type, ("string",))
    if value.kind not in expected:
        raise _wrong_type(scope, value, field)
    if value.kind == "boolean":
        return int(bool(value.content))
    if field.type in {"reference", "id"}:
        return _id_literal(scope, value)
    if value.kind == "datetime":
        return _datetime(scope, value)
    if value.kind == "date":
        return _date(scope, value).isoformat()
    return value.content


def _id_literal(scope: Scope, value: Value) -> str:
    text = str(value.content)
    if not text:
        return ""
    found = ids.normalize(text)
    if found is None:
        message = f"invalid ID field: {text}"
        raise scope.env.refuse("INVALID_QUERY_FILTER_OPERATOR", value.at, message)
    return found


def _datetime(scope: Scope, value: Value) -> str:
    try:
        return clock.to_wire(clock.parse_datetime(str(value.content)))
    except (ValueError, OverflowError) as error:
        message = f"Invalid dateTime: {value.content}"
        raise scope.env.refuse("MALFORMED_QUERY", value.at, message) from error


def _date(scope: Scope, value: Value) -> date:
    try:
        return clock.parse_date(str(value.content))
    except ValueError as error:
        message = f"Invalid date: {value.content}"
        raise scope.env.refuse("MALFORMED_QUERY", value.at, message) from error


def _period(scope: Scope, value: Value, field: Field) -> tuple[str, str]:
    content = value.content
    word, count = content if isinstance(content, tuple) else ("", 0)
    span = periods.resolve(word, count, scope.env.today)
    if span is None:
        raise scope.env.refuse("MALFORMED_QUERY", value.at, f"unexpected token: '{word}'")
    if field.type == "date":
        return span[0].isoformat(), span[1].isoformat()
    zone = scope.env.zone
    start, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in span)
    return clock.to_wire(start), clock.to_wire(end)


def _compare_period(scope: Scope, left: Resolved, operator: str, value: Value) -> str:
    start, end = _period(scope, value, left.field)
    column = left.sql
    if operator in {"=", "!="}:
        inside = f"({column} >= {scope.bind(start)} AND {column} < {scope.bind(end)})"
        return inside if operator == "=" else f"({column} IS NULL OR NOT {inside})"
    bound = {"<": start, ">=": start, ">": end, "<=": end}[operator]
    sign = {"<": "<", ">=": ">=", ">": ">=", "<=": "<"}[operator]
    return f"{column} {sign} {scope.bind(bound)}"


def _like(scope: Scope, left: Resolved, value: Value) -> str:
    if value.kind == "null":
        return f"{left.sql} IS NULL"
    if value.kind != "string" or left.field.type in NUMBER_TYPES | {"boolean", "int"}:
        message = "invalid operator on field, LIKE needs a text"
        raise scope.env.refuse("INVALID_QUERY_FILTER_OPERATOR", value.at, message)
    return f"{left.sql} LIKE {scope.bind(value.content)} ESCAPE '\\'"


def _picked(scope: Scope, left: Resolved, operator: str, values: tuple[Value, ...]) -> str:
    if left.field.type != "multipicklist":
        message = "includes or excludes operator only valid on multipicklist field"
        raise scope.env.refuse("INVALID_QUERY_FILTER_OPERATOR", values[0].at, message)
    choices = []
    for value in values:
        parts = [part.strip() for part in str(value.content).split(";")]
        tests = [
            f"instr(';' || {left.sql} || ';', {scope.bind(f';{part};')}) > 0" for part in parts
        ]
        choices.append(f"({' AND '.join(tests)})")
    inside = f"COALESCE(({' OR '.join(choices)}), 0)"
    return inside if operator == "INCLUDES" else f"NOT {inside}"


def _members(scope: Scope, left: Resolved, operator: str, values: tuple[Value, ...]) -> str:
    has_null = any(value.kind == "null" for value in values)
    content = [_literal(scope, value, left.field) for value in values if value.kind != "null"]
    marks = ", ".join(scope.bind(each) for each in content)
    inside = f"{left.sql} IN ({marks})"
    if operator == "IN":
        return f"({inside} OR {left.sql} IS NULL)" if has_null else inside
    if has_null:
        return f"({left.sql} IS NOT NULL AND NOT {inside})"
    return f"({left.sql} IS NULL OR NOT {inside})"


def _single(scope: Scope, left: Resolved, operator: str, value: Value) -> str:
    if value.kind == "word" and left.field.type in {"date", "datetime"}:
        return _compare_period(scope, left, operator, value)
    content = _literal(scope, value, left.field)
    column = left.sql
    if left.field.type == "boolean" and left.joined:
        column = f"COALESCE({column}, 0)"
    if content is None or content == "":
        test = {"=": f"{column} IS NULL", "!=": f"{column} IS NOT NULL"}.get(operator)
        return test or f"{column} {REVERSED[operator]} {scope.bind(content)}"
    if operator == "!=":
        return f"({column} <> {scope.bind(content)} OR {column} IS NULL)"
    return f"{column} {REVERSED[operator]} {scope.bind(content)}"


def _check_filterable(scope: Scope, left: Resolved, at: int) -> None:
    field = left.field
    if (field.type == "textarea" and field.length > LONG_TEXT) or field.type == "address":
        message = f"field '{field.name}' can not be filtered in a query call"
        raise scope.env.refuse("INVALID_FIELD", at, message)


def compile_compare(scope: Scope, node: Compare) -> str:
    """Return the SQL of one comparison."""
    left = resolve_expression(scope, node.left)
    _check_filterable(scope, left, node.left.at)
    if node.operator == "LIKE":
        return _like(scope, left, node.values[0])
    if node.operator in {"INCLUDES", "EXCLUDES"}:
        return _picked(scope, left, node.operator, node.values)
    if node.operator in {"IN", "NOT IN"}:
        return _members(scope, left, node.operator, node.values)
    return _single(scope, left, node.operator, node.values[0])
