"""Days and fiscal years as the store counts them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

ENDING_YEAR = "ending"
STARTING_YEAR = "starting"
MONTHS = 12


def store_zone() -> ZoneInfo:
    """The time zone that decides where a day ends."""
    return ZoneInfo(settings.TIME_ZONE)


def store_date(now: datetime) -> date:
    """Answer the day it is in the store at a moment."""
    return now.astimezone(store_zone()).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Answer the first moment of a store day and the first moment after it."""
    zone = store_zone()
    following = day + timedelta(days=1)
    return datetime.combine(day, time(), zone), datetime.combine(following, time(), zone)


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """One fiscal year: its name and its first and last day."""

    name: str
    first_day: date
    last_day: date

    def quarter_of(self, day: date) -> int:
        """Answer which quarter of this year, 1 to 4, holds a day."""
        months = (day.year - self.first_day.year) * MONTHS + day.month - self.first_day.month
        return months // 3 + 1


def fiscal_year(day: date, start_month: int, named_after: str = ENDING_YEAR) -> FiscalYear:
    """Answer the fiscal year that holds a day."""
    first_year = day.year if day.month >= start_month else day.year - 1
    first_day = date(first_year, start_month, 1)
    last_day = date(first_year + 1, start_month, 1) - timedelta(days=1)
    named = last_day.year if named_after == ENDING_YEAR else first_day.year
    return FiscalYear(name=str(named), first_day=first_day, last_day=last_day)
