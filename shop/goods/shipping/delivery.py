"""When a parcel arrives: working days from today, without Sundays and holidays."""

from collections.abc import Collection
from datetime import date, timedelta

SUNDAY = 6


def add_working_days(start: date, days: int, holidays: Collection[date]) -> date:
    """The day that lies so many delivery days after another; with none, the next one that is."""
    day = start
    left = days
    while left > 0 or not is_working_day(day, holidays):
        day += timedelta(days=1)
        if is_working_day(day, holidays):
            left -= 1
    return day


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether carriers bring parcels on a day."""
    return day.weekday() != SUNDAY and day not in holidays
