"""REP-02 and REP-06: what was sold, by price band, by product, and the best sellers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from reporting.amounts import SCALE, to_decimal
from reporting.filters import Filters, parse_bands
from reporting.selectors import rolled
from reporting.tables import Chart, Column, Result, Row, Series
from shop.core import options
from shop.core.money import format_money

TOP_ON_CHART = 10


def price_report(filters: Filters) -> Result:
    """Sales by price band, and by product inside each band, with subtotals."""
    borders = parse_bands(str(options.value("reports.price_bands")))
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    found = (
        rolled.products(filters)
        .values("sku", "unit_price_units")
        .annotate(
            name=Max("title"), lines=Sum("lines"), sold=Sum("units"), total=Sum("total_units")
        )
    )
    for row in cast("Iterable[dict[str, Any]]", found):
        groups[band_of(Decimal(row["unit_price_units"]) / SCALE, borders)].append(row)
    labels = band_labels(borders, filters.currency)
    rows: list[Row] = []
    sums: list[int] = []
    for index, label in enumerate(labels):
        members = groups.get(index, [])
        rows += _product_rows(filters, label, members)
        sums.append(sum(row["total"] for row in members))
        rows.append(
            _sum_row(label, members, "subtotal", _("Subtotal"), _drill(filters, band=str(index)))
        )
    everything = [row for members in groups.values() for row in members]
    rows.append(_sum_row("", everything, "total", _("Total"), _drill(filters)))
    chart = Chart(
        kind="bar",
        labels=labels,
        series=[Series(_("Revenue"), [float(to_decimal(value)) for value in sums])],
        unit=filters.currency,
        description=_("Revenue per price band; the table below has every figure."),
    )
    return Result(
        columns=[
            Column("band", _("Price band")),
            Column("product", _("Product")),
            Column("sku", _("SKU")),
            Column("units", _("Units"), "number"),
            Column("revenue", _("Revenue"), "money"),
        ],
        rows=rows,
        chart=chart,
    )


def top_report(filters: Filters) -> Result:
    """Best sellers by revenue, with units; returns are deducted when the filter says so."""
    found = best_sellers(filters, limit=None)
    rows = [
        Row(
            values={
                "rank": index,
                "product": row["name"] or row["sku"],
                "sku": row["sku"],
                "units": row["sold"],
                "revenue": to_decimal(row["total"]),
            },
            link=_drill(filters, sku=row["sku"]),
        )
        for index, row in enumerate(found, start=1)
    ]
    rows.append(
        Row(
            values={
                "product": _("Total"),
                "units": sum(row["sold"] for row in found),
                "revenue": to_decimal(sum(row["total"] for row in found)),
            },
            level="total",
        )
    )
    best = found[:TOP_ON_CHART]
    chart = Chart(
        kind="hbar",
        labels=[(row["name"] or row["sku"])[:40] for row in best],
        series=[Series(_("Revenue"), [float(to_decimal(row["total"])) for row in best])],
        unit=filters.currency,
        description=_("The ten best sellers by revenue; the table below has every product."),
    )
    return Result(
        columns=[
            Column("rank", "#", "number"),
            Column("product", _("Product")),
            Column("sku", _("SKU")),
            Column("units", _("Units"), "number"),
            Column("revenue", _("Revenue"), "money"),
        ],
        rows=rows,
        chart=chart,
    )


def best_sellers(filters: Filters, *, limit: int | None) -> list[dict[str, Any]]:
    """Articles by revenue, highest first; ties by SKU, so that the order never wavers.

    Units of a return are counted against what was sold, as its amount already is.
    """
    grouped = (
        rolled.products(filters)
        .values("sku", "order_type")
        .annotate(name=Max("title"), pieces=Sum("units"), total=Sum("total_units"))
    )
    merged: dict[str, dict[str, Any]] = {}
    for row in grouped:
        article = merged.setdefault(
            row["sku"], {"sku": row["sku"], "name": row["name"], "sold": 0, "total": 0}
        )
        article["sold"] += -row["pieces"] if row["order_type"] == "RETURN" else row["pieces"]
        article["total"] += row["total"]
    ranked = sorted(merged.values(), key=lambda row: (-row["total"], row["sku"]))
    return ranked[:limit]


def band_of(price: Decimal, borders: list[Decimal]) -> int:
    """Which band a unit price falls in; a price equal to a border belongs to the lower band."""
    return sum(1 for border in borders if price > border)


def band_labels(borders: list[Decimal], currency: str) -> list[str]:
    """Bands in words, from the lowest to the open end."""
    money = [format_money(border, currency) for border in borders]
    if not money:
        return [str(_("All prices"))]
    middle = [
        _("Above %(low)s, up to %(high)s") % {"low": low, "high": high}
        for low, high in pairwise(money)
    ]
    return [
        _("Up to %(high)s") % {"high": money[0]},
        *middle,
        _("Above %(low)s") % {"low": money[-1]},
    ]


def band_limits(index: int, borders: list[Decimal]) -> tuple[Decimal | None, Decimal | None]:
    """Prices strictly above the first and up to the second; None where a band is open."""
    low = borders[index - 1] if 0 < index <= len(borders) else None
    high = borders[index] if index < len(borders) else None
    return low, high


def _product_rows(filters: Filters, label: str, members: list[dict[str, Any]]) -> list[Row]:
    merged: dict[str, dict[str, Any]] = {}
    for row in members:
        article = merged.setdefault(row["sku"], {"name": row["name"], "sold": 0, "total": 0})
        article["sold"] += row["sold"]
        article["total"] += row["total"]
    ranked = sorted(merged.items(), key=lambda item: (-item[1]["total"], item[0]))
    return [
        Row(
            values={
                "band": label,
                "product": row["name"] or sku,
                "sku": sku,
                "units": row["sold"],
                "revenue": to_decimal(row["total"]),
            },
            link=_drill(filters, sku=sku),
        )
        for sku, row in ranked
    ]


def _sum_row(band: str, members: list[dict[str, Any]], level: Any, label: str, link: str) -> Row:
    return Row(
        values={
            "band": band or label,
            "product": label if band else "",
            "sku": "",
            "units": sum(row["sold"] for row in members),
            "revenue": to_decimal(sum(row["total"] for row in members)),
        },
        level=level,
        link=link,
    )


def _drill(filters: Filters, **extra: str) -> str:
    wanted = {
        "period": "custom",
        "start": filters.span.start,
        "end": filters.span.end,
        "currency": filters.currency,
        "returns": filters.returns,
        **extra,
    }
    return f"../lines/?{urlencode(wanted)}"
