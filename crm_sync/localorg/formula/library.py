"""More functions that formulas call: pictures and links, encodings, calendar and geometry."""

import html
import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import quote_plus

from crm_sync.localorg.formula.values import FormulaError, number, text

Eager = Callable[..., object]


def _image(url: object, label: object, height: object = None, width: object = None) -> str:
    size = ""
    if height is not None and width is not None:
        size = f' style="height:{text(height)}px; width:{text(width)}px;"'
    return f'<img src="{text(url)}" alt="{text(label)}"{size} border="0"/>'


def _week(value: object) -> date:
    if not isinstance(value, date):
        raise FormulaError("a date is expected")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, datetime):
        return float(math.floor(value.timestamp()))
    day = _week(value)
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _moment(value: object) -> datetime:
    try:
        return datetime.fromtimestamp(number(value), UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise FormulaError("there is no such moment") from error


def _letter(value: object) -> str:
    try:
        return chr(int(number(value)))
    except (OverflowError, ValueError) as error:
        raise FormulaError("there is no such letter") from error


def _within(work: Callable[[float], float]) -> Eager:
    def done(value: object) -> float:
        try:
            return work(number(value))
        except ValueError as error:
            raise FormulaError("the number is out of range") from error

    return done


def _script(value: object) -> str:
    return json.dumps(text(value))[1:-1].replace("'", "\\'")


LIBRARY: dict[str, tuple[int, int, Eager]] = {
    "IMAGE": (2, 4, _image),
    "HTMLENCODE": (1, 1, lambda value: html.escape(text(value))),
    "JSENCODE": (1, 1, _script),
    "JSINHTMLENCODE": (1, 1, lambda value: html.escape(_script(value))),
    "URLENCODE": (1, 1, lambda value: quote_plus(text(value))),
    # Nobody's token is shown in a formula.
    "GETSESSIONID": (0, 0, lambda: ""),
    "ISOWEEK": (1, 1, lambda value: float(_week(value).isocalendar().week)),
    "ISOYEAR": (1, 1, lambda value: float(_week(value).isocalendar().year)),
    "UNIXTIMESTAMP": (1, 1, _seconds),
    "FROMUNIXTIME": (1, 1, _moment),
    "ASCII": (1, 1, lambda value: float(ord(text(value)[0])) if text(value) else 0.0),
    "CHR": (1, 1, _letter),
    "PI": (0, 0, lambda: math.pi),
    "SIN": (1, 1, _within(math.sin)),
    "COS": (1, 1, _within(math.cos)),
    "TAN": (1, 1, _within(math.tan)),
    "ASIN": (1, 1, _within(math.asin)),
    "ACOS": (1, 1, _within(math.acos)),
    "ATAN": (1, 1, _within(math.atan)),
    "ATAN2": (2, 2, lambda up, right: math.atan2(number(up), number(right))),
}
