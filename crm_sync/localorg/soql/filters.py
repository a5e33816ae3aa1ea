"""Conditions in SQL."""

from datetime import date

from crm_sync.localorg import clock, ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import TEXT_TYPES, Field
from crm_sync.localorg.soql import abilities, letters, periods
from crm_sync.localorg.soql.functions import CONVERTING, distance, misplaced, resolve_expression
from crm_sync.localorg.soql.nodes import Call, Compare, Value
from crm_sync.localorg.soql.scope import Resolved, Scope, joined

REVERSED = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
EXPECTED = {
    "date": ("date", "word"),
    "datetime": ("datetime", "word"),
    "boolean": ("boolean",),
    "int": ("number",),
    "currency": ("number",),
    "double": ("number",),
    "percent": ("number",),
    "time": ("time",),
}
SPOKEN = {"datetime": "dateTime", "currency": "double", "percent": "double", "reference": "id"}


def _wrong_type(scope: Scope, value: Value, field: Field) -> SalesforceError:
    is_bare = field.type in EXPECTED
    kind = SPOKEN.get(field.type, field.type) if is_bare else "string"
    tail = "should not be enclosed in quotes" if is_bare else "should be enclosed in quotes"
    message = f"value of filter criterion for field '{field.name}' must be of type {kind}"
    return scope.env.refuse("INVALID_FIELD", value.at, f"{message} and {tail}")


def _wrong_operator(scope: Scope, at: int, field: Field) -> SalesforceError:
    message = f"invalid operator on {SPOKEN.get(field.type, field.type)} field"
    return scope.env.refuse("INVALID_QUERY_FILTER_OPERATOR", at, message)


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
    if value.kind == "time":
        return _time(scope, value)
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


def _time(scope: Scope, value: Value) -> str:
    """Return a time of day; an offset moves it, as it moves a moment."""
    text = str(value.content).upper()
    try:
        return clock.to_wire(clock.parse_datetime(f"2000-01-01T{text}"))[11:23] + "Z"
    except ValueError as error:
        message = f"Invalid time: {value.content}"
        raise scope.env.refuse("MALFORMED_QUERY", value.at, message) from error


def _date(scope: Scope, value: Value) -> date:
    try:
        return clock.parse_date(str(value.content))
    except ValueError as error:
        message = f"Invalid date: {value.content}"
        raise scope.env.refuse("MALFORMED_QUERY", value.at, message) from error


def _period(scope: Scope, value: Value, field: Field) -> tuple[str, str]:
    content = value.content
    word, count = content if isinstance(content, tuple) else ("", None)
    span = periods.resolve(word, count, scope.env.today)
    if span is None:
        raise scope.env.refuse("MALFORMED_QUERY", value.at, f"unexpected token: '{word}'")
    if field.type == "date":
        return span[0].isoformat(), span[1].isoformat()
    try:
        start, end = (periods.midnight(day, scope.env.zone) for day in span)
    except OverflowError as error:
        raise scope.env.refuse(
            "MALFORMED_QUERY", value.at, f"unexpected token: '{word}'"
        ) from error
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
    if left.field.type not in TEXT_TYPES or left.field.type == "multipicklist":
        raise _wrong_operator(scope, value.at, left.field)
    if value.kind != "string":
        raise _wrong_type(scope, value, left.field)
    pattern = str(value.content)
    if left.field.case_sensitive:
        return f"{left.sql} GLOB {scope.bind(letters.as_glob(pattern))}"
    if letters.is_beyond_ascii(pattern):
        return f"{letters.FOLD}({left.sql}) LIKE {scope.bind(pattern.lower())} ESCAPE '\\'"
    return f"{left.sql} LIKE {scope.bind(pattern)} ESCAPE '\\'"


def _picked(scope: Scope, left: Resolved, operator: str, values: tuple[Value, ...]) -> str:
    if left.field.type != "multipicklist":
        message = "includes or excludes operator only valid on multipicklist field"
        raise scope.env.refuse("INVALID_QUERY_FILTER_OPERATOR", values[0].at, message)
    choices = []
    for value in values:
        if value.kind != "string":
            raise _wrong_type(scope, value, left.field)
        parts = [part.strip().lower() for part in str(value.content).split(";")]
        held = f"{letters.FOLD}(';' || {left.sql} || ';')"
        tests = [f"instr({held}, {scope.bind(f';{part};')}) > 0" for part in parts]
        choices.append(joined("AND", tests))
    inside = f"COALESCE({joined('OR', choices)}, 0)"
    return inside if operator == "INCLUDES" else f"NOT {inside}"


def _among(scope: Scope, left: Resolved, contents: list[object]) -> str:
    """Return the test whether a value is one of some; letters of any script ignore case."""
    column, is_text = collated(left), _ignores_case(left.field)
    plain: list[object] = []
    folded: list[str] = []
    for content in contents:
        if not is_text or not letters.is_beyond_ascii(str(content)):
            plain.append(content)
            continue
        variants = letters.variants(str(content))
        plain += variants
        if not variants:
            folded.append(str(content).lower())
    tests = []
    if plain:
        tests.append(f"{column} IN ({', '.join(scope.bind(each) for each in plain)})")
    if folded:
        marks = ", ".join(scope.bind(each) for each in folded)
        tests.append(f"{letters.FOLD}({left.sql}) IN ({marks})")
    return tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"


def _ignores_case(field: Field) -> bool:
    return field.type in TEXT_TYPES and not field.case_sensitive


def collated(left: Resolved) -> str:
    """Return a text so that it is compared without regard to case, however it came about."""
    is_column = left.sql.count(".") == 1 and "(" not in left.sql
    ignores = _ignores_case(left.field) and not is_column
    return f"({left.sql}) COLLATE NOCASE" if ignores else left.sql


def _members(scope: Scope, left: Resolved, operator: str, values: tuple[Value, ...]) -> str:
    tests, contents, has_null = [], [], False
    for value in values:
        if value.kind == "word" and left.field.type in {"date", "datetime"}:
            tests.append(_compare_period(scope, left, "=", value))
            continue
        content = _literal(scope, value, left.field)
        if content is None or content == "":
            has_null = True
        else:
            contents.append(content)
    if contents:
        tests.append(_among(scope, left, contents))
    if operator == "IN":
        return joined("OR", [*tests, *([f"{left.sql} IS NULL"] if has_null else [])])
    outside = joined("AND", [f"NOT {test}" for test in tests]) if tests else "1"
    if has_null:
        return f"({left.sql} IS NOT NULL AND {outside})"
    return f"({left.sql} IS NULL OR ({outside}))"


def _boolean(scope: Scope, left: Resolved, operator: str, value: Value) -> str:
    """A parent that is not there, and null, count as false."""
    content = _literal(scope, value, left.field) or 0
    return f"COALESCE({left.sql}, 0) {REVERSED[operator]} {scope.bind(content)}"


def _single(scope: Scope, left: Resolved, operator: str, value: Value) -> str:
    if value.kind == "word" and left.field.type in {"date", "datetime"}:
        return _compare_period(scope, left, operator, value)
    if left.field.type == "boolean" and (left.joined or value.kind == "null"):
        return _boolean(scope, left, operator, value)
    content = _literal(scope, value, left.field)
    if content is None or content == "":
        return _with_nothing(scope, left, operator, content)
    if operator in {"=", "!="}:
        test = _among(scope, left, [content])
        return test if operator == "=" else f"({left.sql} IS NULL OR NOT {test})"
    return f"{collated(left)} {REVERSED[operator]} {scope.bind(content)}"


def _with_nothing(scope: Scope, left: Resolved, operator: str, content: object) -> str:
    test = {"=": f"{left.sql} IS NULL", "!=": f"{left.sql} IS NOT NULL"}.get(operator)
    return test or f"{left.sql} {REVERSED[operator]} {scope.bind(content)}"


def _near(scope: Scope, node: Compare, call: Call) -> str:
    value = node.values[0]
    if node.operator not in {"<", "<=", ">", ">="}:
        message = "DISTANCE function only supports the < and > operators"
        raise scope.env.refuse("INVALID_QUERY_FILTER_OPERATOR", value.at, message)
    left = distance(scope, call)
    return f"{left.sql} {node.operator} {scope.bind(_literal(scope, value, left.field))}"


def compile_compare(scope: Scope, node: Compare) -> str:
    """Return the SQL of one comparison."""
    if isinstance(node.left, Call) and node.left.name == "DISTANCE":
        return _near(scope, node, node.left)
    if isinstance(node.left, Call) and node.left.name == CONVERTING:
        raise misplaced(scope, node.left)
    left = resolve_expression(scope, node.left)
    abilities.check_filterable(scope, left, node.left.at)
    if node.operator == "LIKE":
        return _like(scope, left, node.values[0])
    if node.operator in {"INCLUDES", "EXCLUDES"}:
        return _picked(scope, left, node.operator, node.values)
    if node.operator in {"IN", "NOT IN"}:
        return _members(scope, left, node.operator, node.values)
    if left.field.type == "multipicklist" and node.operator not in {"=", "!="}:
        raise _wrong_operator(scope, node.left.at, left.field)
    return _single(scope, left, node.operator, node.values[0])
