"""Working hours and yearly holidays as short texts that staff can type."""

import re
from collections.abc import Mapping
from datetime import date, time

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEAP_YEAR = 2024  # so that 02-29 may be a holiday
_HOURS = re.compile(
    r"(?P<first>[A-Z][a-z]{2})(-(?P<last>[A-Z][a-z]{2}))? "
    r"(?P<opens>\d{2}:\d{2})-(?P<closes>\d{2}:\d{2})"
)
_HOLIDAY = re.compile(r"(?P<month>\d{2})-(?P<day>\d{2}) (?P<name>.+)")


class UnreadableCalendar(ValueError):
    """The text does not say what it should."""


def parse_hours(text: str) -> dict[int, tuple[time, time]]:
    """Answer opening and closing time by weekday, Monday being 0; free days are absent."""
    hours: dict[int, tuple[time, time]] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = _HOURS.fullmatch(part)
        if not match or not {match["first"], match["last"] or "Mon"} <= set(DAYS):
            raise UnreadableCalendar(f"{part!r} is not like Mon-Sat 09:00-18:00")
        opens, closes = time.fromisoformat(match["opens"]), time.fromisoformat(match["closes"])
        if opens >= closes:
            raise UnreadableCalendar(f"{part!r} ends before it begins")
        first = DAYS.index(match["first"])
        last = DAYS.index(match["last"] or match["first"])
        hours.update(dict.fromkeys(range(first, last + 1), (opens, closes)))
    return hours


def parse_holidays(text: str) -> Mapping[tuple[int, int], str]:
    """Answer the names of yearly holidays by month and day."""
    holidays: dict[tuple[int, int], str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = _HOLIDAY.fullmatch(part)
        if not match:
            raise UnreadableCalendar(f"{part!r} is not like 08-15 Independence Day")
        day = date(LEAP_YEAR, int(match["month"]), int(match["day"]))
        holidays[day.month, day.day] = match["name"]
    return holidays


def hours_problem(text: str) -> str:
    """Answer why a text is no set of working hours, or nothing."""
    try:
        return "" if parse_hours(text) else "name at least one working day"
    except ValueError as problem:
        return str(problem)


def holidays_problem(text: str) -> str:
    """Answer why a text is no list of holidays, or nothing."""
    try:
        parse_holidays(text)
    except ValueError as problem:
        return str(problem)
    return ""
