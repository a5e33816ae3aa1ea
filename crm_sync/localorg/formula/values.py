"""Values inside formulas and how they turn into each other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time


class FormulaError(Exception):
    """A formula that cannot be read or cannot be worked out."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a formula can see."""

    value: Callable[[tuple[str, ...]], object]
    prior: Callable[[tuple[str, ...]], object]
    is_new: bool
    now: datetime
    today: date


Thunk = Callable[[Scene], object]


def text(value: object) -> str:
    """Return a value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%SZ}"
    if isinstance(value, time):
        return f"{value:%H:%M:%S}.{value.microsecond // 1000:03d}Z"
    return str(value)


def number(value: object) -> float:
    """Return a value as a number; nothing counts as zero."""
    if value is None or value == "":
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise FormulaError("a number is expected")
    try:
        return float(value)
    except ValueError as error:
        raise FormulaError(f"{value!r} is not a number") from error


def truth(value: object) -> bool:
    """Return a value as a condition."""
    if isinstance(value, bool):
        return value
    if value is None:
        return False
    raise FormulaError("a condition is expected")


def is_blank(value: object) -> bool:
    """Say whether there is no value."""
    return value is None or value == ""


def same(left: object, right: object) -> bool:
    """Compare two values; no text equals empty text."""
    if is_blank(left) and is_blank(right):
        return True
    if isinstance(left, int | float) and isinstance(right, int | float):
        return float(left) == float(right)
    return left == right


def order(left: object, right: object) -> int:
    """Return which of two values comes first; nothing compares as zero or not at all."""
    if isinstance(left, str) and isinstance(right, str):
        return (left > right) - (left < right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left > right) - (left < right)
    if isinstance(left, time) and isinstance(right, time):
        return (left > right) - (left < right)
    if isinstance(left, date) and isinstance(right, date):
        return (left > right) - (left < right)
    first, second = number(left), number(right)
    return (first > second) - (first < second)
