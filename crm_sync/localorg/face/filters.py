"""Conditions that people put on a list: which a field offers, and what they mean in SOQL."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_sync.localorg import ids
from crm_sync.localorg.schema.model import NUMBER_TYPES, Field, Schema, SObject
from crm_sync.localorg.soql.escape import format_soql

LONG_TEXT = 255
NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,18})?\Z")
WORDS = {
    "eq": "is",
    "ne": "is not",
    "contains": "contains",
    "starts": "starts with",
    "gt": "greater than",
    "lt": "less than",
    "empty": "is empty",
    "filled": "is not empty",
}
DAY_WORDS = {"gt": "after", "lt": "before"}
NO_VALUE = frozenset(("empty", "filled"))
SIGNS = {"eq": "=", "ne": "!=", "gt": ">", "lt": "<"}
ORDERED = ("eq", "ne", "gt", "lt", "empty", "filled")
TEXT = ("contains", "starts", "eq", "ne", "empty", "filled")
CHOSEN = ("eq", "ne", "empty", "filled")
OFFERED = {
    "boolean": ("eq",),
    "picklist": CHOSEN,
    "multipicklist": ("contains", "eq", "ne", "empty", "filled"),
    "id": ("eq", "ne"),
    "int": ORDERED,
    "date": ORDERED,
    "datetime": ORDERED,
    **dict.fromkeys(NUMBER_TYPES, ORDERED),
}


class BadFilter(Exception):
    """A condition that cannot be understood, in words for the page."""


def can_filter(one: Field) -> bool:
    """Say whether lists can be narrowed by a field."""
    return one.type not in {"address", "encryptedstring"} and not (
        one.type == "textarea" and one.length > LONG_TEXT
    )


def can_sort(one: Field) -> bool:
    """Say whether lists can be sorted by a field."""
    return can_filter(one) and one.type != "multipicklist"


def _linked_name(schema: Schema, one: Field) -> str:
    """Return the path to the name of the record that a field leads to."""
    target = schema.find(one.refers[0]) if len(one.refers) == 1 and one.relationship else None
    name = target.name_field if target is not None else None
    return f"{one.relationship}.{name.name}" if name is not None else ""


def operators(schema: Schema, one: Field) -> tuple[str, ...]:
    """Return the conditions that a field offers, the usual one first."""
    if one.type == "reference":
        return (*(("contains", "starts") if _linked_name(schema, one) else ()), *CHOSEN)
    return OFFERED.get(one.type, TEXT)


def word(one: Field, operator: str) -> str:
    """Return a condition in words."""
    if one.type in {"date", "datetime"} and operator in DAY_WORDS:
        return DAY_WORDS[operator]
    return WORDS[operator]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition, as the address carries it."""

    field: Field
    operator: str
    value: str

    @property
    def words(self) -> str:
        """Return the condition in words."""
        tail = "" if self.operator in NO_VALUE else f" {self._shown()}"
        return f"{self.field.label} {word(self.field, self.operator)}{tail}"

    def _shown(self) -> str:
        if self.field.type == "boolean":
            return "yes" if self.value == "true" else "no"
        return self.value


def read(schema: Schema, owner: SObject, text: str) -> Filter:
    """Return the condition that a part of an address names, or say what is wrong with it."""
    name, _, rest = text.partition(":")
    operator, _, value = rest.partition(":")
    one = owner.find(name)
    if one is None:
        raise BadFilter(f"{name[:80] or 'Filter'}: {owner.label} has no such field.")
    if not can_filter(one):
        raise BadFilter(f"{one.label}: lists cannot be filtered by this field.")
    if operator not in operators(schema, one):
        raise BadFilter(f"{one.label}: “{operator[:40]}” is no condition for this field.")
    found = Filter(one, operator, "" if operator in NO_VALUE else value.strip())
    _check(found)
    return found


def _check(each: Filter) -> None:
    if each.operator in NO_VALUE:
        return
    label, value = each.field.label, each.value
    if not value:
        raise BadFilter(f"{label}: a value is missing.")
    if len(value) > LONG_TEXT:
        raise BadFilter(f"{label}: a value has at most {LONG_TEXT} characters.")
    problem = _problem(each)
    if problem:
        raise BadFilter(f"{label}: “{value[:80]}” {problem}")


def _problem(each: Filter) -> str:
    kind = each.field.type
    if kind in NUMBER_TYPES | {"int"}:
        return "" if NUMBER.match(each.value) else "is not a number."
    if kind in {"date", "datetime"}:
        return "" if _day(each.value) else "is not a date like 2026-11-21."
    if kind == "boolean":
        return "" if each.value in {"true", "false"} else "is neither true nor false."
    if kind in {"reference", "id"} and each.operator in SIGNS:
        return "" if ids.normalize(each.value) else "is not the id of a record."
    return ""


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    # At the edges of the calendar there is no next day, or no such instant elsewhere.
    return found if 1 < found.year < 9999 else None


def _like(path: str, value: str, *, anywhere: bool) -> str:
    escaped = value.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    pattern = f"%{escaped}%" if anywhere else f"{escaped}%"
    return f"{path} LIKE {format_soql(pattern, wildcards=True)}"


def _within_day(each: Filter, zone: ZoneInfo) -> str:
    """Compare an instant with a whole day of the org."""
    day = date.fromisoformat(each.value)
    start, end = (
        datetime.combine(one, time(), zone).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for one in (day, day + timedelta(days=1))
    )
    name = each.field.name
    return {
        "eq": f"({name} >= {start} AND {name} < {end})",
        "ne": f"(NOT ({name} >= {start} AND {name} < {end}))",
        "gt": f"{name} >= {end}",
        "lt": f"{name} < {start}",
    }[each.operator]


def _literal(each: Filter) -> str:
    kind = each.field.type
    if kind in {"date", "boolean"}:
        return each.value
    return each.value if kind in NUMBER_TYPES | {"int"} else format_soql(each.value)


def condition(schema: Schema, each: Filter, zone: ZoneInfo) -> str:
    """Return a condition as SOQL; what people typed enters it only as a checked literal."""
    one, name = each.field, each.field.name
    if each.operator in NO_VALUE:
        return f"{name} {'=' if each.operator == 'empty' else '!='} null"
    if each.operator in {"contains", "starts"}:
        if one.type == "multipicklist":
            return f"{name} INCLUDES ({format_soql(each.value)})"
        path = _linked_name(schema, one) if one.type == "reference" else name
        return _like(path, each.value, anywhere=each.operator == "contains")
    if one.type == "datetime":
        return _within_day(each, zone)
    return f"{name} {SIGNS[each.operator]} {_literal(each)}"
