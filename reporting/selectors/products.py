"""REP-02 and REP-06: what was sold, by price band, by product, and the best sellers."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext as _

from reporting.amounts import SCALE, to_decimal
from reporting.bands import parse_bands
from reporting.filters import Filters
from reporting.selectors import rolled
from reporting.selectors.rolled import Article
from reporting.tables import Chart, Column, Result, Row, Series
from shop.core import options
from shop.core.money import format_money

TOP_ON_CHART = 10


def price_report(filters: Filters, limit: int | None) -> Result:
    """Sales by price band, and by product inside each band, with subtotals."""
    borders = parse_bands(str(options.value("reports.price_bands")))
    groups = rolled.articles(filters, group=_band(borders))
    labels = band_labels(borders, filters.currency)
    rows: list[Row] = []
    sums: list[int] = []
    left = limit
    for index, label in enumerate(labels):
        members = rolled.ranked(groups.get(index, {}).values())
        rows += [_band_row(filters, index, label, article) for article in members[:left]]
        left = None if left is None else max(left - len(members), 0)
        sums.append(sum(article.total for article in members))
        link = _drill(filters, band=str(index))
        rows.append(_sum_row(label, members, "subtotal", _("Subtotal"), link))
    everything = [article for members in groups.values() for article in members.values()]
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
        is_cut=limit is not None and len(everything) > limit,
    )


def top_report(filters: Filters, limit: int | None) -> Result:
    """Best sellers by revenue, with units; returns are deducted when the filter says so."""
    found = best_sellers(filters)
    rows = [
        Row(
            values={
                "rank": index,
                "product": article.name or article.sku,
                "sku": article.sku,
                "units": article.sold,
                "revenue": to_decimal(article.total),
            },
            link=_drill(filters, sku=article.sku),
        )
        for index, article in enumerate(found[:limit], start=1)
    ]
    rows.append(
        Row(
            values={
                "product": _("Total"),
                "units": sum(article.sold for article in found),
                "revenue": to_decimal(sum(article.total for article in found)),
            },
            level="total",
        )
    )
    best = found[:TOP_ON_CHART]
    chart = Chart(
        kind="hbar",
        labels=[(article.name or article.sku)[:40] for article in best],
        series=[Series(_("Revenue"), [float(to_decimal(article.total)) for article in best])],
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
        is_cut=limit is not None and len(found) > limit,
    )


def best_sellers(filters: Filters) -> list[Article]:
    """Articles by revenue, highest first."""
    return rolled.ranked(rolled.articles(filters).get(None, {}).values())


def _band(borders: list[Decimal]) -> Case:
    """Which band a unit price falls in; a price equal to a border belongs to the lower band."""
    steps = [
        When(unit_price_units__lte=int(border * SCALE), then=Value(index))
        for index, border in enumerate(borders)
    ]
    return Case(*steps, default=Value(len(borders)), output_field=IntegerField())


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


def _band_row(filters: Filters, index: int, label: str, article: Article) -> Row:
    return Row(
        values={
            "band": label,
            "product": article.name or article.sku,
            "sku": article.sku,
            "units": article.sold,
            "revenue": to_decimal(article.total),
        },
        link=_drill(filters, sku=article.sku, band=str(index)),
    )


def _sum_row(band: str, members: list[Article], level: Any, label: str, link: str) -> Row:
    return Row(
        values={
            "band": band or label,
            "product": label if band else "",
            "sku": "",
            "units": sum(article.sold for article in members),
            "revenue": to_decimal(sum(article.total for article in members)),
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
