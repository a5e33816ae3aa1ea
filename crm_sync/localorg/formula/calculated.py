"""Formula fields: read once, evaluated by the database for every row that is asked about."""

import math
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from crm_sync.localorg import clock
from crm_sync.localorg.formula import around, configured
from crm_sync.localorg.formula.parser import read_formula
from crm_sync.localorg.formula.places import read_place, read_time
from crm_sync.localorg.formula.values import FormulaError, Scene, Thunk, number, text
from crm_sync.localorg.schema.model import NUMBER_TYPES, Field, Schema, SObject

FUNCTION = "_formula"
MAX_DEPTH = 10
RECORD_TYPE = "$RecordType"
Stored = str | int | float | None
Paths = tuple[tuple[str, ...], ...]


@lru_cache(maxsize=500)
def read(source: str) -> tuple[Thunk, Paths]:
    """Return a formula and the fields it looks at, read once."""
    return read_formula(source)


def relative(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return a path as relationships name it."""
    return ("RecordType", *path[1:]) if path[0] == RECORD_TYPE else path


def convert(field: Field, value: object) -> object:
    """Return a stored value as formulas handle it."""
    if field.type == "boolean":
        return bool(value)
    if value is None:
        return None
    if field.type == "date":
        return date.fromisoformat(str(value))
    if field.type == "datetime":
        return clock.parse_datetime(str(value))
    if field.type == "time":
        return read_time(value)
    return read_place(value) if field.type in {"address", "location"} else value


def stored(field: Field, value: object) -> Stored:
    """Return a formula's result as the store would keep it."""
    if field.type == "boolean":
        return int(value is True)
    if value is None or value == "":
        return None
    if field.type in NUMBER_TYPES or field.type == "int":
        factor = 10**field.scale
        return math.copysign(
            math.floor(abs(number(value)) * factor + 0.5 + 1e-9) / factor, number(value)
        )
    if field.type == "datetime" and isinstance(value, datetime):
        return clock.to_wire(value)
    if isinstance(value, time):
        return f"{value:%H:%M:%S}.{value.microsecond // 1000:03d}Z"
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    return text(value)[: field.length or 3900]


def follow(schema: Schema, owner: SObject, path: tuple[str, ...]) -> Field:
    """Return the field at the end of a path, or refuse the formula."""
    first = path[0].lower()
    if around.is_constant(path):
        return around.CONSTANTS[first]
    if configured.is_configured(path):
        return configured.field_at(schema, path)
    if first == around.ORGANIZATION or first in around.USERS:
        owner = schema.require("Organization" if first == around.ORGANIZATION else "User")
        path = (*around.USERS.get(first, ()), *path[1:])
    *steps, last = relative(path)
    for step in steps:
        reference = owner.relationships.get(step.lower())
        parent = schema.find(reference.refers[0]) if reference is not None else None
        if parent is None:
            raise FormulaError(f"Field {step} does not exist. Check spelling.")
        owner = parent
    found = owner.find(last)
    if found is None:
        raise FormulaError(f"Field {last} does not exist. Check spelling.")
    return found


def evaluate(
    field: Field, read_path: Callable[[tuple[str, ...]], object], zone: ZoneInfo
) -> Stored:
    """Return the value of a formula field; what cannot be worked out is empty."""
    moment = clock.now()
    scene = Scene(read_path, read_path, False, moment, moment.astimezone(zone).date())
    try:
        return stored(field, read(field.formula)[0](scene))
    except (FormulaError, OverflowError, ValueError, RecursionError):
        return None


class Calculator:
    """The function that SQL calls with the name of a formula field and the values it needs."""

    def __init__(self, schema: Callable[[], Schema], zone: ZoneInfo) -> None:
        self._schema = schema
        self._zone = zone

    def install(self, connection: sqlite3.Connection) -> None:
        """Make the function known to a connection."""
        connection.create_function(FUNCTION, -1, self)

    def __call__(self, owner_name: str, field_name: str, *values: object) -> Stored:
        """Return the value of one field of one record."""
        schema = self._schema()
        owner = schema.find(owner_name)
        field = owner.find(field_name) if owner is not None else None
        if owner is None or field is None:
            return None
        known = {}
        for path, value in zip(read(field.formula)[1], values, strict=True):
            try:
                source = follow(schema, owner, path)
            except FormulaError:
                return None
            given = convert(source, value)
            is_zero = given is None and field.blank_as_zero and source.type in NUMBER_TYPES
            known[path] = 0.0 if is_zero else given
        return evaluate(field, known.__getitem__, self._zone)
