"""Spans of days a report covers, and the span it is compared with."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

CHOICES = [
    ("today", _("Today")),
    ("7d", _("Last 7 days")),
    ("30d", _("Last 30 days")),
    ("month", _("This month")),
    ("quarter", _("This fiscal quarter")),
    ("year", _("This fiscal year")),
    ("12m", _("Last 12 months")),
    ("all", _("All time")),
    ("custom", _("From – to")),
]
# Months from one such period to the one before.
STEPS = {"month": 1, "quarter": 3, "year": 12, "12m": 12}
# Nothing was sold outside these days, and no arithmetic on them leaves the calendar.
FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2199, 12, 31)


@dataclass(frozen=True)
class Span:
    """Days from `start` to `end`, both included."""

    start: date
    end: date
    step: int = 0  # months from one such span to the next; 0 where its days decide

    @property
    def days(self) -> int:
        """How many days it covers."""
        return (self.end - self.start).days + 1

    @property
    def is_open(self) -> bool:
        """Whether it has no beginning of its own: everything up to its end."""
        return self.start <= FIRST_DAY

    @property
    def months(self) -> int:
        """How many months it steps back: as its kind says, or as many whole ones as it covers."""
        if self.step or not self._is_whole_months:
            return self.step
        after = self.end + timedelta(days=1)
        return (after.year - self.start.year) * 12 + after.month - self.start.month

    @property
    def _is_whole_months(self) -> bool:
        return self.start.day == 1 and (self.end + timedelta(days=1)).day == 1

    def previous(self) -> Span:
        """The month, quarter or year before as far as this one has come; else as many days."""
        if self.months:
            return self._months_earlier(self.months)
        return Span(self.start - timedelta(days=self.days), self.start - timedelta(days=1))

    def year_before(self) -> Span:
        """The same dates one year earlier; 29 February becomes the 28th."""
        return self._months_earlier(12)

    def _months_earlier(self, months: int) -> Span:
        """Whole months stay whole: beside 28 days of February stand 29 of a leap year."""
        end = add_months(self.end, -months)
        if self._is_whole_months:
            end = add_months(month_start(end), 1) - timedelta(days=1)
        return Span(add_months(self.start, -months), end)


def add_months(day: date, months: int) -> date:
    """Move a date by whole months, keeping to the month's last day where it must."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_start(day: date) -> date:
    """The first of the month."""
    return day.replace(day=1)


def fiscal_year_start(day: date, first_month: int) -> date:
    """The first day of the fiscal year a day lies in."""
    year = day.year if day.month >= first_month else day.year - 1
    return date(year, first_month, 1)


def fiscal_quarter_start(day: date, first_month: int) -> date:
    """The first day of the fiscal quarter a day lies in."""
    start = fiscal_year_start(day, first_month)
    passed = (day.year - start.year) * 12 + day.month - start.month
    return add_months(start, passed // 3 * 3)


def span_for(
    code: str, *, today: date, first_month: int, start: date | None, end: date | None
) -> Span:
    """The days a period code means today."""
    if code == "custom" and (start or end):
        first, last = _within(start or FIRST_DAY), _within(end or today)
        return Span(min(first, last), max(first, last))
    starts = {
        "today": today,
        "7d": today - timedelta(days=6),
        "30d": today - timedelta(days=29),
        "month": month_start(today),
        "quarter": fiscal_quarter_start(today, first_month),
        "year": fiscal_year_start(today, first_month),
        "12m": add_months(month_start(today), -11),
        "all": FIRST_DAY,
    }
    return Span(starts.get(code, starts["30d"]), today, step=STEPS.get(code, 0))


def _within(day: date) -> date:
    return min(max(day, FIRST_DAY), LAST_DAY)


def bucket_start(day: date, grain: str, first_month: int) -> date:
    """The first day of the day, week (from Monday), month or fiscal period a day falls in."""
    if grain == "week":
        return day - timedelta(days=day.weekday())
    if grain == "month":
        return month_start(day)
    if grain == "quarter":
        return fiscal_quarter_start(day, first_month)
    if grain == "year":
        return fiscal_year_start(day, first_month)
    return day


def next_bucket(start: date, grain: str) -> date:
    """The first day of the period after this one."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(grain)
    if months:
        return add_months(start, months)
    return start + timedelta(days=7 if grain == "week" else 1)


def buckets(span: Span, grain: str, first_month: int) -> Iterator[date]:
    """Every period that touches the span, empty ones too, so that charts have no gaps."""
    current = bucket_start(span.start, grain, first_month)
    while current <= span.end:
        yield current
        current = next_bucket(current, grain)


def bucket_label(start: date, grain: str, *, first_month: int, named_after: str) -> str:
    """How a period is called: 21/11/2026, week of …, Nov 2026, Q3 FY2026, FY2026."""
    if grain == "day":
        return f"{start:%d/%m/%Y}"
    if grain == "week":
        return str(_("Week of %(day)s") % {"day": f"{start:%d/%m/%Y}"})
    if grain == "month":
        return f"{start:%b %Y}"
    year_start = fiscal_year_start(start, first_month)
    last = add_months(year_start, 12) - timedelta(days=1)
    name = f"FY{last.year if named_after == 'ending' else year_start.year}"
    if grain == "year":
        return name
    passed = (start.year - year_start.year) * 12 + start.month - year_start.month
    return f"Q{passed // 3 + 1} {name}"
