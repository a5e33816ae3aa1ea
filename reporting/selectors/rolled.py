"""The rolled-up tables under a report's filters.

Sums of articles come from whole months where those are fresh, and from days for the rest of the
span. A month that changed is read from its days, so the figures are exact at any moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.db.models import Expression, Max, QuerySet, Sum

from reporting import periods
from reporting.filters import Filters
from reporting.models import DailyProductSales, DailySales, MonthlyProductSales, RolledMonth
from reporting.periods import Span

ProductRows = QuerySet[DailyProductSales] | QuerySet[MonthlyProductSales]


def sales(filters: Filters, span: Span | None = None) -> QuerySet[DailySales]:
    """Days of sales that count under these filters."""
    chosen = span or filters.span
    rows = DailySales.objects.filter(
        currency=filters.currency,
        day__gte=chosen.start,
        day__lte=chosen.end,
        order_type__in=filters.order_types,
    )
    return rows.filter(channel=filters.channel) if filters.channel else rows


@dataclass
class Article:
    """What one article sold; units of a return are counted against what was sold."""

    sku: str
    name: str = ""
    sold: int = 0
    total: int = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Put one sum of the tables into the figures."""
        self.name = max(self.name, row["name"])
        self.sold += -row["sold"] if row["order_type"] == "RETURN" else row["sold"]
        self.total += row["total"]


def articles(filters: Filters, *, group: Expression | None = None) -> dict[Any, dict[str, Article]]:
    """What each article sold, by SKU within each value of the expression (None without one)."""
    keys = ["sku", "order_type", *(["group"] if group is not None else [])]
    found: dict[Any, dict[str, Article]] = {}
    for rows in _parts(filters):
        if group is not None:
            rows = rows.annotate(group=group)
        sums = rows.order_by().values(*keys)
        sums = sums.annotate(name=Max("title"), sold=Sum("units"), total=Sum("total_units"))
        for row in cast("Iterable[dict[str, Any]]", sums):
            members = found.setdefault(row.get("group"), {})
            article = members.get(row["sku"])
            if article is None:
                article = members[row["sku"]] = Article(row["sku"])
            article.add(row)
    return found


def ranked(members: Iterable[Article]) -> list[Article]:
    """By revenue, highest first; ties by SKU, so that the order never wavers."""
    return sorted(members, key=lambda article: (-article.total, article.sku))


def _parts(filters: Filters) -> Iterator[ProductRows]:
    """The months that lie whole in the span and are fresh, then the days of all others."""
    counted = {
        "currency": filters.currency,
        "order_type__in": filters.order_types,
        "kind": "GOODS",
    }
    months = _fresh_months(filters.span)
    if months:
        yield MonthlyProductSales.objects.filter(month__in=months, **counted)
    for gap in _gaps(filters.span, months):
        yield DailyProductSales.objects.filter(day__range=(gap.start, gap.end), **counted)


def _fresh_months(span: Span) -> list[date]:
    first = span.start if span.start.day == 1 else periods.add_months(span.start.replace(day=1), 1)
    # Whole up to the day before the month that holds the day after the span.
    after = (span.end + timedelta(days=1)).replace(day=1)
    months = RolledMonth.objects.filter(is_fresh=True, month__gte=first, month__lt=after)
    return list(months.order_by("month").values_list("month", flat=True))


def _gaps(span: Span, months: list[date]) -> Iterator[Span]:
    """What the months leave of the span."""
    start = span.start
    for month in months:
        if start < month:
            yield Span(start, month - timedelta(days=1))
        start = periods.add_months(month, 1)
    if start <= span.end:
        yield Span(start, span.end)
