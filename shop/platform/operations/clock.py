"""The few cron lines that a store needs, in the words of the worker's schedule table.

The worker's own cron needs one more library; a daily, weekly, monthly or hourly job does not.
"""

import calendar
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django_q.models import Schedule

from shop.core.dates import store_zone

_FIELDS = 5
_DAYS_OF_WEEK = 7


@dataclass(frozen=True)
class Rhythm:
    """How often, and when next."""

    kind: str
    next_run: datetime


def rhythm(cron: str, *, now: datetime) -> Rhythm:
    """Read `minute hour day * weekday`, each a number or `*`, in store time."""
    fields = cron.split()
    if len(fields) != _FIELDS or fields[3] != "*" or not fields[0].isdigit():
        raise ValueError(f"“{cron}”: only fixed minutes, hours, days and weekdays are understood")
    minute, hour, day, _, weekday = (int(part) if part.isdigit() else None for part in fields)
    local = now.astimezone(store_zone())
    if hour is None:
        start = local.replace(minute=minute or 0, second=0, microsecond=0)
        return Rhythm(Schedule.HOURLY, start if start > local else start + timedelta(hours=1))
    kind = Schedule.MONTHLY if day else Schedule.WEEKLY if weekday is not None else Schedule.DAILY
    at = time(hour, minute or 0)
    for ahead in range(32 * 2):
        date = local.date() + timedelta(days=ahead)
        last_day = calendar.monthrange(date.year, date.month)[1]
        moment = datetime.combine(date, at, store_zone())
        is_day = day is None or date.day == min(day, last_day)
        is_weekday = weekday is None or date.isoweekday() % _DAYS_OF_WEEK == weekday % _DAYS_OF_WEEK
        if is_day and is_weekday and moment > local:
            return Rhythm(kind, moment)
    raise ValueError(f"“{cron}” never comes")
