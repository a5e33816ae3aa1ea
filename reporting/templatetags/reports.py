"""How figures print on report pages."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reporting.tables import Chart, Column, Row, Tile
from shop.core.money import format_money

register = template.Library()


@register.simple_tag
def cell(row: Row, column: Column, currency: str) -> str | SafeString:
    """One value of a report in its column's form; linked where there are rows behind it."""
    value = row.values.get(column.key)
    own_currency = row.values.get("currency") or currency
    text = figure(value, column.kind, own_currency)
    link = row.cell_links.get(column.key, "")
    if link and value:
        return format_html('<a href="{}">{}</a>', link, text)
    return text


@register.simple_tag
def link_of(row: Row) -> str:
    """Where the rows behind this one open: the order itself, or the list of them."""
    if row.order_id is not None:
        return reverse("admin:orders_order_change", args=[row.order_id])
    return row.link


@register.simple_tag
def figure(value: Any, kind: str, currency: str) -> str | SafeString:
    """A number, amount, share or date as people write it; an en dash for nothing."""
    if value is None or value == "":
        return "–" if kind != "text" else ""
    if kind == "money":
        amount = Decimal(value)
        return format_html(
            '<span class="money" data-amount="{}" data-currency="{}">{}</span>',
            f"{amount:f}",
            currency,
            format_money(amount, currency),
        )
    if kind == "number":
        return _grouped(value)
    if kind == "percent":
        return f"{value} %"
    return _moment(value)


@register.simple_tag
def change(tile: Tile) -> str:
    """The tile's movement in words and sign, for eyes and screen readers alike."""
    moved = tile.change_percent
    return "" if moved is None else f"{'+' if moved > 0 else ''}{moved} %"


@register.simple_tag
def direction(tile: Tile) -> str:
    """Which way a tile moved."""
    moved = tile.change_percent
    return "" if not moved else "up" if moved > 0 else "down"


@register.filter
def chart_data(chart: Chart) -> dict[str, Any]:
    """The chart as plain data for the page."""
    return chart.as_json()


def _grouped(value: int) -> str:
    return format_decimal(value, locale="en_IN")


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    return date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else str(value)
