"""Date words such as LAST_N_DAYS:30, as half-open ranges of days in the user's time zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Range = tuple[date, date]


def add_months(day: date, months: int) -> date:
    """Return the first day of the month so many months away."""
    index = day.year * 12 + day.month - 1 + months
    return date(min(max(index // 12, 1), 9998), index % 12 + 1, 1)


def _days(first: int, last: int) -> Callable[[date, int], Range]:
    return lambda today, _n: (
        today + timedelta(days=first),
        today + timedelta(days=last),
    )


def _months(step: int, offset: int) -> Callable[[date, int], Range]:
    def span(today: date, _n: int) -> Range:
        start = add_months(date(today.year, (today.month - 1) // step * step + 1, 1), offset * step)
        return start, add_months(start, step)

    return span


def _weeks(offset: int) -> Callable[[date, int], Range]:
    def span(today: date, _n: int) -> Range:
        sunday = today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(weeks=offset)
        return sunday, sunday + timedelta(weeks=1)

    return span


def _last_months(step: int) -> Callable[[date, int], Range]:
    def span(today: date, count: int) -> Range:
        start, _end = _months(step, 0)(today, 0)
        return add_months(start, -step * count), start

    return span


def _next_months(step: int) -> Callable[[date, int], Range]:
    def span(today: date, count: int) -> Range:
        _start, end = _months(step, 0)(today, 0)
        return end, add_months(end, step * count)

    return span


def _ago_months(step: int) -> Callable[[date, int], Range]:
    return lambda today, count: _months(step, -count)(today, 0)


def _week_span(first: int, last: int) -> Callable[[date, int], Range]:
    def span(today: date, count: int) -> Range:
        start, end = _weeks(0)(today, 0)
        return (
            (start + timedelta(weeks=first * count), start)
            if first
            else (end, end + timedelta(weeks=last * count))
        )

    return span


WORDS: dict[str, Callable[[date, int], Range]] = {
    "YESTERDAY": _days(-1, 0),
    "TODAY": _days(0, 1),
    "TOMORROW": _days(1, 2),
    "LAST_90_DAYS": _days(-90, 1),
    "NEXT_90_DAYS": _days(1, 91),
    "LAST_WEEK": _weeks(-1),
    "THIS_WEEK": _weeks(0),
    "NEXT_WEEK": _weeks(1),
}
for _step, _name in ((1, "MONTH"), (3, "QUARTER"), (12, "YEAR")):
    for _prefix in ("", "FISCAL_"):
        _unit = _prefix + _name
        WORDS[f"LAST_{_unit}"] = _months(_step, -1)
        WORDS[f"THIS_{_unit}"] = _months(_step, 0)
        WORDS[f"NEXT_{_unit}"] = _months(_step, 1)
COUNTED: dict[str, Callable[[date, int], Range]] = {
    "LAST_N_DAYS": lambda today, n: (
        today - timedelta(days=n),
        today + timedelta(days=1),
    ),
    "NEXT_N_DAYS": lambda today, n: (
        today + timedelta(days=1),
        today + timedelta(days=n + 1),
    ),
    "N_DAYS_AGO": lambda today, n: (
        today - timedelta(days=n),
        today - timedelta(days=n - 1),
    ),
    "LAST_N_WEEKS": _week_span(-1, 0),
    "NEXT_N_WEEKS": _week_span(0, 1),
    "N_WEEKS_AGO": lambda today, n: _weeks(-n)(today, 0),
}
for _step, _name in ((1, "MONTHS"), (3, "QUARTERS"), (12, "YEARS")):
    for _prefix in ("", "FISCAL_"):
        COUNTED[f"LAST_N_{_prefix}{_name}"] = _last_months(_step)
        COUNTED[f"NEXT_N_{_prefix}{_name}"] = _next_months(_step)
        COUNTED[f"N_{_prefix}{_name}_AGO"] = _ago_months(_step)


def resolve(word: str, count: int | None, today: date) -> Range | None:
    """Return the days a date word stands for, or None for an unknown word."""
    span = WORDS.get(word) if count is None else COUNTED.get(word)
    if span is None:
        return None
    try:
        return span(today, count or 0)
    except OverflowError:
        return None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a day begins in a time zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
