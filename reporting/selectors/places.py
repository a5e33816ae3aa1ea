"""REP-03 and REP-04: orders by region and sales rep, and by shipping city."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Sum
from django.utils.translation import gettext as _

from reporting.amounts import to_decimal
from reporting.filters import Filters
from reporting.selectors import rolled
from reporting.tables import Chart, Column, Result, Row, Series

CITIES_ON_CHART = 12


def matrix_report(filters: Filters) -> Result:
    """Orders by region × sales rep, with totals both ways."""
    found = (
        rolled.sales(filters)
        .values("region", "country", "sales_rep_id", "sales_rep__full_name", "sales_rep__email")
        .annotate(count=Sum("orders"), total=Sum("total_units"))
    )
    counts: dict[tuple[str, str], int] = defaultdict(int)
    money: dict[str, int] = defaultdict(int)
    reps: dict[str, str] = {}
    for row in cast("Iterable[dict[str, Any]]", found):
        rep = str(row["sales_rep_id"] or "web")
        reps[rep] = row["sales_rep__full_name"] or row["sales_rep__email"] or _("Web")
        region = region_of(row)
        counts[region, rep] += row["count"]
        money[region] += row["total"]
    order = sorted(reps, key=lambda rep: (rep == "web", reps[rep]))
    regions = sorted(money, key=lambda region: (-money[region], region))
    rows = [_region_row(filters, region, order, counts, money) for region in regions]
    rows.append(_totals_row(filters, regions, order, counts, money))
    columns = [Column("region", _("Region"))]
    columns += [Column(f"rep-{rep}", reps[rep], "number") for rep in order]
    columns += [Column("orders", _("Orders"), "number"), Column("revenue", _("Revenue"), "money")]
    chart = Chart(
        kind="heatmap",
        labels=[reps[rep] for rep in order],
        second_labels=regions,
        series=[
            Series(region, [float(counts[region, rep]) for rep in order]) for region in regions
        ],
        description=_("Orders per region and sales rep; the table below has every figure."),
    )
    return Result(columns=columns, rows=rows, chart=chart)


def region_of(row: dict[str, Any]) -> str:
    """The sales region, or the country where a foreign order has none."""
    return row["region"] or row["country"] or _("Unknown")


def city_report(filters: Filters) -> Result:
    """Orders and revenue by shipping city; spellings of one city are one group."""
    found = list(
        rolled.sales(filters)
        .values("city", "country")
        .annotate(count=Sum("orders"), total=Sum("total_units"))
        .order_by("-total", "city")
    )
    rows = [
        Row(
            values={
                "city": row["city"] or _("No city given"),
                "country": row["country"],
                "orders": row["count"],
                "revenue": to_decimal(row["total"]),
            },
            link=_drill(filters, city=row["city"] or "-", country=row["country"]),
        )
        for row in found
    ]
    rows.append(
        Row(
            values={
                "city": _("Total"),
                "orders": sum(row["count"] for row in found),
                "revenue": to_decimal(sum(row["total"] for row in found)),
            },
            level="total",
            link=_drill(filters),
        )
    )
    best = found[:CITIES_ON_CHART]
    chart = Chart(
        kind="hbar",
        labels=[row["city"] or row["country"] or "–" for row in best],
        series=[Series(_("Revenue"), [float(to_decimal(row["total"])) for row in best])],
        unit=filters.currency,
        description=_("The strongest cities by revenue; the table below has all of them."),
    )
    return Result(
        columns=[
            Column("city", _("Shipping city")),
            Column("country", _("Country")),
            Column("orders", _("Orders"), "number"),
            Column("revenue", _("Revenue"), "money"),
        ],
        rows=rows,
        chart=chart,
    )


def _region_row(
    filters: Filters,
    region: str,
    reps: list[str],
    counts: dict[tuple[str, str], int],
    money: dict[str, int],
) -> Row:
    values: dict[str, Any] = {"region": region, "revenue": to_decimal(money[region])}
    links: dict[str, str] = {"orders": _drill(filters, region=region)}
    for rep in reps:
        values[f"rep-{rep}"] = counts[region, rep]
        if counts[region, rep]:
            links[f"rep-{rep}"] = _drill(filters, region=region, rep=rep)
    values["orders"] = sum(counts[region, rep] for rep in reps)
    return Row(values=values, cell_links=links)


def _totals_row(
    filters: Filters,
    regions: list[str],
    reps: list[str],
    counts: dict[tuple[str, str], int],
    money: dict[str, int],
) -> Row:
    values: dict[str, Any] = {"region": _("Total"), "revenue": to_decimal(sum(money.values()))}
    links: dict[str, str] = {"orders": _drill(filters)}
    for rep in reps:
        values[f"rep-{rep}"] = sum(counts[region, rep] for region in regions)
        links[f"rep-{rep}"] = _drill(filters, rep=rep)
    values["orders"] = sum(counts[region, rep] for region in regions for rep in reps)
    return Row(values=values, cell_links=links, level="total")


def _drill(filters: Filters, **extra: str) -> str:
    wanted = {
        "period": "custom",
        "start": filters.span.start,
        "end": filters.span.end,
        "currency": filters.currency,
        "channel": filters.channel,
        "returns": filters.returns,
        **extra,
    }
    return f"../rows/?{urlencode(wanted)}"
