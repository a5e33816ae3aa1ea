"""Times of day, lengths of time and places on the globe, as formulas handle them."""

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

from crm_sync.localorg.formula.values import FormulaError, number, text

EARTH_KM = 6371.0088
KM_PER_MILE = 1.609344
DAY_SECONDS = 86_400
Place = tuple[float, float]
Eager = Callable[..., object]


def distance(*degrees: float | None) -> float | None:
    """Return the kilometres between two points on the globe."""
    if any(each is None for each in degrees):
        return None
    first, east, second, far_east = (math.radians(each or 0.0) for each in degrees)
    half = math.sin((second - first) / 2) ** 2
    half += math.cos(first) * math.cos(second) * math.sin((far_east - east) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def read_place(value: object) -> Place | None:
    """Return a place from the text in which the store hands out its two numbers."""
    found = json.loads(value) if isinstance(value, str) else None
    if not isinstance(found, list) or len(found) != 2 or None in found:
        return None
    return float(found[0]), float(found[1])


def _geolocation(latitude: object, longitude: object) -> Place:
    return number(latitude), number(longitude)


def _distance(here: object, there: object, unit: object) -> float | None:
    if here is None or there is None:
        return None
    if not isinstance(here, tuple) or not isinstance(there, tuple):
        raise FormulaError("a place is expected")
    found = distance(*here, *there)
    is_miles = text(unit).lower() == "mi"
    return found / KM_PER_MILE if found is not None and is_miles else found


def read_time(value: object) -> time:
    """Return a time of day."""
    if isinstance(value, time):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).time().replace(tzinfo=None)
    try:
        return time.fromisoformat(text(value).rstrip("Z"))
    except ValueError as error:
        raise FormulaError(f"{value!r} is not a time") from error


def _seconds(value: object) -> float:
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second).seconds
    return value.timestamp() if isinstance(value, datetime) else number(value)


def _duration(value: object, other: object = False) -> str:
    """Write a length of time: of seconds, with days where wished, or between two moments."""
    has_days = other is True
    start = 0.0 if isinstance(other, bool) else _seconds(other)
    total = int(abs(_seconds(value) - start))
    days, rest = divmod(total, DAY_SECONDS) if has_days else (0, total)
    parts = [rest // 3600, rest % 3600 // 60, rest % 60]
    return ":".join(f"{each:02}" for each in ([days] if has_days else []) + parts)


PLACES: dict[str, tuple[int, int, Eager]] = {
    "DISTANCE": (3, 3, _distance),
    "GEOLOCATION": (2, 2, _geolocation),
    "TIMEVALUE": (1, 1, lambda value: None if value in {None, ""} else read_time(value)),
    "HOUR": (1, 1, lambda value: float(read_time(value).hour)),
    "MINUTE": (1, 1, lambda value: float(read_time(value).minute)),
    "SECOND": (1, 1, lambda value: float(read_time(value).second)),
    "MILLISECOND": (1, 1, lambda value: float(read_time(value).microsecond // 1000)),
    "FORMATDURATION": (1, 2, _duration),
    "PICKLISTCOUNT": (1, 1, lambda value: float(len([x for x in text(value).split(";") if x]))),
    # The org has one currency.
    "CURRENCYRATE": (1, 1, lambda _code: 1.0),
    "IMAGEPROXYURL": (1, 1, text),
}
