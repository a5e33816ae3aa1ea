"""The functions that formulas call."""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from crm_sync.localorg import ids
from crm_sync.localorg.formula.library import LIBRARY
from crm_sync.localorg.formula.places import PLACES, read_time
from crm_sync.localorg.formula.values import (
    FormulaError,
    Scene,
    Thunk,
    is_blank,
    number,
    same,
    text,
    truth,
)

Eager = Callable[..., object]
MAX_PATTERN = 1000


def _round(value: object, digits: object) -> float:
    factor = 10.0 ** min(max(int(number(digits)), -20), 20)
    scaled = abs(number(value)) * factor
    return math.copysign(math.floor(scaled + 0.5) / factor, number(value))


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise FormulaError("a date is expected")


def _date_value(value: object) -> date:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _day(value)
    except ValueError as error:
        raise FormulaError(f"{value!r} is not a date") from error


def _moment_value(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError as error:
        raise FormulaError(f"{value!r} is not a moment") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _logarithm(value: object, base: float) -> float:
    if number(value) <= 0:
        raise FormulaError("there is no logarithm of zero or less")
    return math.log(number(value), base)


def _exponential(value: object) -> float:
    try:
        return math.exp(number(value))
    except OverflowError as error:
        raise FormulaError("the power is out of range") from error


def _truncate(value: object, digits: object = 0) -> float:
    factor = 10.0 ** min(max(int(number(digits)), -20), 20)
    return math.trunc(number(value) * factor) / factor


def _case_safe(value: object) -> str:
    return ids.normalize(text(value)) or text(value)


def _regex(value: object, pattern: object) -> bool:
    source = text(pattern)
    if len(source) > MAX_PATTERN:
        raise FormulaError("the pattern is too long")
    try:
        return re.fullmatch(source, text(value)) is not None
    except re.error as error:
        raise FormulaError(f"the pattern cannot be read: {error}") from error


def _mid(value: object, start: object, count: object) -> str:
    first = max(int(number(start)) - 1, 0)
    return text(value)[first : first + int(number(count))]


def _date(year: object, month: object, day: object) -> date:
    try:
        return date(int(number(year)), int(number(month)), int(number(day)))
    except ValueError as error:
        raise FormulaError("there is no such date") from error


def _modulo(left: object, right: object) -> float:
    if number(right) == 0:
        raise FormulaError("division by zero")
    return math.fmod(number(left), number(right))


def _add_months(value: object, months: object) -> date:
    day = _day(value)
    index = day.year * 12 + day.month - 1 + int(number(months))
    year, month = index // 12, index % 12 + 1
    try:
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
        is_end = (day + timedelta(days=1)).month != day.month
        return date(year, month, last if is_end else min(day.day, last))
    except (ValueError, OverflowError) as error:
        raise FormulaError("there is no such date") from error


def _find(part: object, value: object, start: object = 1) -> float:
    first = max(int(number(start)) - 1, 0)
    return float(text(value).find(text(part), first) + 1)


def _pad(value: object, size: object, pad: object, *, left: bool) -> str:
    shown, width = text(value), min(max(int(number(size)), 0), 4000)
    filling = (text(pad) * width)[: max(width - len(shown), 0)]
    return filling + shown[:width] if left else shown[:width] + filling


def _root(value: object) -> float:
    if number(value) < 0:
        raise FormulaError("there is no root of a negative number")
    return math.sqrt(number(value))


EAGER: dict[str, tuple[int, int, Eager]] = {
    **LIBRARY,
    **PLACES,
    "NOT": (1, 1, lambda value: not truth(value)),
    "ISBLANK": (1, 1, is_blank),
    "ISNULL": (1, 1, is_blank),
    "ISNUMBER": (1, 1, lambda value: re.fullmatch(r"-?\d+(\.\d+)?", text(value)) is not None),
    "ISPICKVAL": (2, 2, lambda value, name: text(value) == text(name)),
    "INCLUDES": (2, 2, lambda value, name: text(name) in text(value).split(";")),
    "TEXT": (1, 1, text),
    "VALUE": (1, 1, number),
    "LEN": (1, 1, lambda value: float(len(text(value)))),
    "CONTAINS": (2, 2, lambda value, part: text(part) in text(value)),
    "BEGINS": (2, 2, lambda value, part: text(value).startswith(text(part))),
    "REGEX": (2, 2, _regex),
    "UPPER": (1, 2, lambda value, *_: text(value).upper()),
    "LOWER": (1, 2, lambda value, *_: text(value).lower()),
    "TRIM": (1, 1, lambda value: text(value).strip()),
    "LEFT": (2, 2, lambda value, count: text(value)[: max(int(number(count)), 0)]),
    "RIGHT": (2, 2, lambda value, n: text(value)[-int(number(n)) :] if number(n) > 0 else ""),
    "MID": (3, 3, _mid),
    "SUBSTITUTE": (3, 3, lambda value, old, new: text(value).replace(text(old), text(new))),
    "ABS": (1, 1, lambda value: abs(number(value))),
    "ROUND": (2, 2, _round),
    "FLOOR": (1, 1, lambda value: float(math.floor(number(value)))),
    "CEILING": (1, 1, lambda value: float(math.ceil(number(value)))),
    "MAX": (1, 50, lambda *values: max(number(value) for value in values)),
    "MIN": (1, 50, lambda *values: min(number(value) for value in values)),
    "MOD": (2, 2, _modulo),
    "YEAR": (1, 1, lambda value: float(_day(value).year)),
    "MONTH": (1, 1, lambda value: float(_day(value).month)),
    "DAY": (1, 1, lambda value: float(_day(value).day)),
    "DATE": (3, 3, _date),
    "DATEVALUE": (1, 1, _date_value),
    "DATETIMEVALUE": (1, 1, _moment_value),
    "DAYOFYEAR": (1, 1, lambda value: float(_day(value).timetuple().tm_yday)),
    "EXP": (1, 1, _exponential),
    "LN": (1, 1, lambda value: _logarithm(value, math.e)),
    "LOG": (1, 1, lambda value: _logarithm(value, 10)),
    "TRUNC": (1, 2, _truncate),
    "MFLOOR": (1, 1, lambda value: float(math.floor(number(value)))),
    "MCEILING": (1, 1, lambda value: float(math.ceil(number(value)))),
    "CASESAFEID": (1, 1, _case_safe),
    "BR": (0, 0, lambda: "\n"),
    "REVERSE": (1, 1, lambda value: text(value)[::-1]),
    "INITCAP": (1, 1, lambda value: text(value).title()),
    "ADDMONTHS": (2, 2, _add_months),
    "WEEKDAY": (1, 1, lambda value: float(_day(value).isoweekday() % 7 + 1)),
    "FIND": (2, 3, _find),
    "LPAD": (2, 3, lambda value, size, pad=" ": _pad(value, size, pad, left=True)),
    "RPAD": (2, 3, lambda value, size, pad=" ": _pad(value, size, pad, left=False)),
    "SQRT": (1, 1, _root),
    "HYPERLINK": (
        2,
        3,
        lambda url, shown, target="_blank": (
            f'<a href="{text(url)}" target="{text(target)}">{text(shown)}</a>'
        ),
    ),
}


def _all(parts: list[Thunk]) -> Thunk:
    return lambda scene: all(truth(part(scene)) for part in parts)


def _any(parts: list[Thunk]) -> Thunk:
    return lambda scene: any(truth(part(scene)) for part in parts)


def _if(parts: list[Thunk]) -> Thunk:
    test, then, otherwise = parts
    return lambda scene: then(scene) if truth(test(scene)) else otherwise(scene)


def _case(parts: list[Thunk]) -> Thunk:
    subject, *pairs, otherwise = parts

    def choose(scene: Scene) -> object:
        value = subject(scene)
        for test, result in zip(pairs[::2], pairs[1::2], strict=True):
            if same(value, test(scene)):
                return result(scene)
        return otherwise(scene)

    return choose


def _blank_value(parts: list[Thunk]) -> Thunk:
    first, second = parts

    def choose(scene: Scene) -> object:
        value = first(scene)
        return second(scene) if is_blank(value) else value

    return choose


LAZY: dict[str, tuple[int, int, Callable[[list[Thunk]], Thunk]]] = {
    "AND": (1, 200, _all),
    "OR": (1, 200, _any),
    "IF": (3, 3, _if),
    "CASE": (4, 200, _case),
    "BLANKVALUE": (2, 2, _blank_value),
    "NULLVALUE": (2, 2, _blank_value),
    "ISCLONE": (0, 0, lambda _parts: lambda _scene: False),
    "ISNEW": (0, 0, lambda _parts: lambda scene: scene.is_new),
    "TODAY": (0, 0, lambda _parts: lambda scene: scene.today),
    "NOW": (0, 0, lambda _parts: lambda scene: scene.now),
    "TIMENOW": (0, 0, lambda _parts: lambda scene: read_time(scene.now)),
}


def _check(name: str, count: int, least: int, most: int) -> None:
    odd_case = name == "CASE" and count % 2
    if not least <= count <= most or odd_case:
        raise FormulaError(f"Incorrect number of parameters for function {name}()")


def call(name: str, parts: list[Thunk]) -> Thunk:
    """Return the evaluation of a function."""
    if name in LAZY:
        least, most, make = LAZY[name]
        _check(name, len(parts), least, most)
        return make(parts)
    if name not in EAGER:
        raise FormulaError(f"Unknown function {name}. Check spelling.")
    least, most, work = EAGER[name]
    _check(name, len(parts), least, most)
    return lambda scene: work(*(part(scene) for part in parts))
