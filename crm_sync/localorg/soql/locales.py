"""Values as people of a locale write them: numbers, money, days and moments."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from crm_sync.localorg import clock


@dataclass(frozen=True, slots=True)
class Locale:
    """The habits of one locale."""

    day: str
    moment: str
    money: str
    group: str = ","
    point: str = "."
    is_indian: bool = False
    small_halves: bool = False


LOCALES = {
    "en_IN": Locale(
        "{0.day:02}/{0.month:02}/{0.year}",
        "{0.day:02}/{0.month:02}/{0.year}, {hour}:{0.minute:02} {half}",
        "₹{}",
        is_indian=True,
        small_halves=True,
    ),
    "en_US": Locale(
        "{0.month}/{0.day}/{0.year}",
        "{0.month}/{0.day}/{0.year}, {hour}:{0.minute:02} {half}",
        "₹{}",
    ),
    "en_GB": Locale(
        "{0.day:02}/{0.month:02}/{0.year}",
        "{0.day:02}/{0.month:02}/{0.year}, {0.hour:02}:{0.minute:02}",
        "₹{}",
    ),
    "de_DE": Locale(
        "{0.day:02}.{0.month:02}.{0.year}",
        "{0.day:02}.{0.month:02}.{0.year}, {0.hour:02}:{0.minute:02}",
        "{} ₹",
        group=".",
        point=",",
    ),
    "fr_FR": Locale(
        "{0.day:02}/{0.month:02}/{0.year}",
        "{0.day:02}/{0.month:02}/{0.year} {0.hour:02}:{0.minute:02}",
        "{} ₹",
        group="\u202f",
        point=",",
    ),
}
DEFAULT = "en_IN"


def _groups(digits: str, *, is_indian: bool) -> list[str]:
    head, tail = digits[:-3], digits[-3:]
    size = 2 if is_indian else 3
    parts = [tail]
    while head:
        head, part = head[:-size], head[-size:]
        parts.insert(0, part)
    return parts


def number(locale: Locale, value: float, scale: int) -> str:
    """Write a number with so many decimals."""
    step = Decimal(1).scaleb(-scale)
    rounded = Decimal(repr(value)).quantize(step, ROUND_HALF_UP)
    whole, _, rest = f"{abs(rounded):f}".partition(".")
    text = locale.group.join(_groups(whole, is_indian=locale.is_indian))
    text += f"{locale.point}{rest}" if rest else ""
    return f"-{text}" if rounded < 0 else text


def _money(locale: Locale, value: float, scale: int) -> str:
    text = locale.money.format(number(locale, abs(value), scale))
    return f"-{text}" if value < 0 else text


def _moment(locale: Locale, moment: datetime) -> str:
    half = "AM" if moment.hour < 12 else "PM"
    half = half.lower() if locale.small_halves else half
    return locale.moment.format(moment, hour=moment.hour % 12 or 12, half=half)


def show(zone: ZoneInfo, name: str, kind: str, scale: int, value: object) -> str | None:
    """Write a value of some kind for people of a locale."""
    if value is None:
        return None
    locale = LOCALES.get(name, LOCALES[DEFAULT])
    if kind == "date":
        return locale.day.format(date.fromisoformat(str(value)))
    if kind == "datetime":
        return _moment(locale, clock.parse_datetime(str(value)).astimezone(zone))
    if isinstance(value, str):
        return value
    amount = float(str(value))
    if kind == "currency":
        return _money(locale, amount, scale)
    text = number(locale, amount, scale)
    return f"{text}%" if kind == "percent" else text
