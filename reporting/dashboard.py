"""DASH-01: revenue, top products and conversion, from the same figures as the reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from reporting import periods
from reporting.amounts import to_decimal
from reporting.filters import Filters
from reporting.selectors import conversion, products, revenue
from reporting.tables import Chart, Series, Tile

TOP = 8
GRAIN_BY_DAYS = ((45, "day"), (200, "week"))


@dataclass(frozen=True)
class Dashboard:
    """What the page shows; `at` is when it was read."""

    tiles: list[Tile]
    trend: Chart
    trend_rows: list[tuple[str, Any]]
    top: list[dict[str, Any]]
    top_chart: Chart
    funnel: conversion.Funnel
    funnel_chart: Chart
    at: datetime


def dashboard(filters: Filters) -> Dashboard:
    """Read the whole dashboard with a constant number of queries."""
    sums = revenue.totals(filters, filters.span)
    other = filters.compared()
    before = revenue.totals(filters, other) if other else None
    funnel = conversion.funnel(filters)
    past_funnel = conversion.funnel(filters, other) if other else None
    tiles = revenue.tiles(sums, before)
    tiles.append(
        Tile(
            _("Conversion"),
            funnel.rate,
            "percent",
            past_funnel.rate_like(funnel) if past_funnel else None,
        )
    )
    grain = next((g for days, g in GRAIN_BY_DAYS if filters.span.days <= days), "month")
    trend_rows = _trend(filters, grain)
    top: list[dict[str, Any]] = [
        {"sku": one.sku, "name": one.name, "sold": one.sold, "revenue": to_decimal(one.total)}
        for one in products.best_sellers(filters)[:TOP]
    ]
    return Dashboard(
        tiles=tiles,
        trend=Chart(
            kind="line",
            labels=[label for label, _value in trend_rows],
            series=[Series(_("Revenue"), [float(value) for _label, value in trend_rows])],
            unit=filters.currency,
            description=_("Revenue over the chosen period."),
        ),
        trend_rows=trend_rows,
        top=top,
        top_chart=Chart(
            kind="hbar",
            labels=[(row["name"] or row["sku"])[:40] for row in top],
            series=[Series(_("Revenue"), [float(row["revenue"]) for row in top])],
            unit=filters.currency,
            description=_("Best sellers of the chosen period."),
        ),
        funnel=funnel,
        funnel_chart=funnel.chart(),
        at=filters.now,
    )


def _trend(filters: Filters, grain: str) -> list[tuple[str, Any]]:
    wanted = replace(filters, grain=grain)
    span = revenue.filled_span(wanted)
    found = revenue.by_bucket(wanted, span)
    return [
        (wanted.label(start), to_decimal(found[start]["total_units"] if start in found else 0))
        for start in periods.buckets(span, grain, filters.first_month)
    ]
