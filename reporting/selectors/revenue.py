"""REP-05: revenue by day, week, month or fiscal period, beside the period before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Max, Min, Sum
from django.utils.translation import gettext as _

from reporting import periods
from reporting.amounts import to_decimal
from reporting.filters import Filters
from reporting.periods import Span
from reporting.selectors import rolled
from reporting.tables import Chart, Column, Result, Row, Series, Tile
from shop.core.dates import store_date

LONG = 800  # days; more of them are read by their sales, not by the calendar
FIGURES = ("orders", "units", "goods_units", "discount_units", "tax_units", "total_units")


def by_bucket(
    filters: Filters, span: Span, *, beside: Callable[[date], date] | None = None
) -> dict[date, dict[str, int]]:
    """Sums per period of the chosen grain, exact integers; `beside` moves days to other ones."""
    found: dict[date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    days = rolled.sales(filters, span).values("day").annotate(**{f: Sum(f) for f in FIGURES})
    for row in cast("Iterable[dict[str, Any]]", days):
        day = beside(row["day"]) if beside else row["day"]
        bucket = found[periods.bucket_start(day, filters.grain, filters.first_month)]
        for name in FIGURES:
            bucket[name] += row[name]
    return found


def totals(filters: Filters, span: Span) -> dict[str, int]:
    """Sums over the whole span."""
    summed = rolled.sales(filters, span).aggregate(**{f"sum_{f}": Sum(f) for f in FIGURES})
    return {name: int(summed[f"sum_{name}"] or 0) for name in FIGURES}


def report(filters: Filters) -> Result:
    """Revenue over time with the compared period beside it."""
    span = filled_span(filters)
    now = by_bucket(filters, span)
    other = filters.compared()
    before = by_bucket(filters, other, beside=filters.beside) if other else {}
    starts = list(periods.buckets(span, filters.grain, filters.first_month))
    rows = [
        _row(filters, span, start, now.get(start), before.get(start), has_past=bool(other))
        for start in starts
    ]
    sums = totals(filters, span)
    past_sums = totals(filters, other) if other else None
    rows.append(
        Row(values={"period": _("Total"), **_values(sums, past_sums)}, level="total"),
    )
    return Result(
        columns=_columns(has_past=bool(other)),
        rows=rows,
        tiles=tiles(sums, past_sums),
        chart=_chart(filters, starts, now, before if other else None),
    )


def tiles(sums: dict[str, int], before: dict[str, int] | None) -> list[Tile]:
    """Revenue, orders, average order and discount, with their change."""

    def average(figures: dict[str, int]) -> Decimal:
        value = to_decimal(figures["total_units"]) / (figures["orders"] or 1)
        return value.quantize(Decimal("0.01"))

    return [
        Tile(_("Revenue"), to_decimal(sums["total_units"]), "money",
             to_decimal(before["total_units"]) if before else None),
        Tile(_("Orders"), sums["orders"], "number", before["orders"] if before else None),
        Tile(_("Average order"), average(sums), "money", average(before) if before else None),
        Tile(_("Discounts"), to_decimal(sums["discount_units"]), "money",
             to_decimal(before["discount_units"]) if before else None),
    ]  # fmt: skip


def filled_span(filters: Filters) -> Span:
    """A span of years begins with its first sale and ends with its last one, or today."""
    span = filters.span
    if span.days <= LONG and span.start > periods.FIRST_DAY:
        return span
    days = rolled.sales(filters).aggregate(first=Min("day"), last=Max("day"))
    last = min(span.end, max(days["last"] or span.start, store_date(filters.now)))
    last = max(last, span.start)
    return Span(min(days["first"] or last, last), last)


def _values(sums: dict[str, int], past: dict[str, int] | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "orders": sums["orders"],
        "units": sums["units"],
        "discount": to_decimal(sums["discount_units"]),
        "tax": to_decimal(sums["tax_units"]),
        "revenue": to_decimal(sums["total_units"]),
    }
    if past is not None:
        values["before"] = to_decimal(past["total_units"])
        if past["total_units"]:
            moved = Decimal(sums["total_units"] - past["total_units"]) * 100
            values["change"] = (moved / past["total_units"]).quantize(Decimal("0.1"))
    return values


def _row(
    filters: Filters,
    span: Span,
    start: date,
    sums: dict[str, int] | None,
    past: dict[str, int] | None,
    *,
    has_past: bool,
) -> Row:
    empty = dict.fromkeys(FIGURES, 0)
    values = _values(sums or empty, (past or empty) if has_past else None)
    until = min(periods.next_bucket(start, filters.grain), date.max)
    last = min(date.fromordinal(until.toordinal() - 1), span.end)
    link = urlencode(
        {
            "period": "custom",
            "start": max(start, span.start),
            "end": last,
            "currency": filters.currency,
            "channel": filters.channel,
            "returns": filters.returns,
        }
    )
    return Row(values={"period": filters.label(start), **values}, link=f"../rows/?{link}")


def _columns(*, has_past: bool) -> list[Column]:
    columns = [
        Column("period", _("Period")),
        Column("orders", _("Orders"), "number"),
        Column("units", _("Units"), "number"),
        Column("discount", _("Discounts"), "money"),
        Column("tax", _("Tax"), "money"),
        Column("revenue", _("Revenue"), "money"),
    ]
    if has_past:
        columns += [
            Column("before", _("Before"), "money"),
            Column("change", _("Change"), "percent"),
        ]
    return columns


def _chart(
    filters: Filters,
    starts: list[date],
    now: dict[date, dict[str, int]],
    before: dict[date, dict[str, int]] | None,
) -> Chart:
    def line(found: dict[date, dict[str, int]]) -> list[float]:
        return [
            float(to_decimal(found[day]["total_units"])) if day in found else 0.0 for day in starts
        ]

    series = [Series(_("Revenue"), line(now))]
    if before is not None:
        series.append(Series(_("Before"), line(before)))
    return Chart(
        kind="line" if len(starts) > 2 else "bar",
        labels=[filters.label(start) for start in starts],
        series=series,
        unit=filters.currency,
        description=_("Revenue per period; the table below has every figure."),
    )
