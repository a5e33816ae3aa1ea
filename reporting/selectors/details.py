"""The rows behind a figure: orders and order lines under the same filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from reporting.bands import parse_bands
from reporting.counting import COUNTED, KINDS
from reporting.filters import Filters
from reporting.selectors import conversion, ledger
from reporting.selectors.products import band_limits
from reporting.tables import Column, Result, Row, Tile
from shop.core import options
from shop.core.dates import day_bounds, store_date
from shop.directory.geography import selectors as geography
from shop.sales.orders.models import Order, OrderLine

UNKNOWN = "-"
CHUNK = 2000
LONGEST_NUMBER = 18


def today_report(filters: Filters, limit: int | None) -> Result:
    """REP-01: every order placed today by the store's clock, whatever became of it."""
    start, end = day_bounds(store_date(filters.now))
    found = Order.objects.filter(placed_at__gte=start, placed_at__lt=end, is_history=False)
    if filters.channel:
        found = found.filter(channel=filters.channel)
    return _orders_result(found, limit, with_currency=True)


def orders_report(filters: Filters, wanted: Mapping[str, str], limit: int | None) -> Result:
    """The orders behind a cell, subtotal or bar."""
    if wanted.get("from") == conversion.FROM_CARTS:
        return _orders_result(conversion.orders_from_carts(filters), limit)
    found = counted_orders(filters)
    if rep := wanted.get("rep", ""):
        found = found.filter(sales_rep=None) if rep == "web" else _by_rep(found, rep)
    if region := wanted.get("region", ""):
        found = found.filter(Q(region=region) | Q(region="", shipping_country=region))
    if country := wanted.get("country", ""):
        found = found.filter(shipping_country=country)
    if city := wanted.get("city", ""):
        found = found.filter(shipping_city__in=_spellings(found, city))
    return _orders_result(found, limit)


def lines_report(filters: Filters, wanted: Mapping[str, str], limit: int | None) -> Result:
    """The order lines behind a product or price band."""
    if (what := wanted.get("what", "")) in KINDS:
        return _lines_result(ledger.lines_of(filters, what), limit)
    found = OrderLine.objects.filter(order__in=counted_orders(filters), kind="GOODS")
    if sku := wanted.get("sku", ""):
        found = found.filter(sku=sku)
    if band := wanted.get("band", ""):
        found = _in_band(found, band)
    return _lines_result(found, limit)


def _in_band(found: QuerySet[OrderLine], band: str) -> QuerySet[OrderLine]:
    borders = parse_bands(str(options.value("reports.price_bands")))
    index = _whole(band)
    if index is None or index > len(borders):
        return found.none()
    low, high = band_limits(index, borders)
    if low is not None:
        found = found.filter(unit_price__gt=low)
    return found if high is None else found.filter(unit_price__lte=high)


def counted_orders(filters: Filters) -> QuerySet[Order]:
    """Orders that the rolled-up figures count under these filters."""
    start, _first_end = day_bounds(filters.span.start)
    _last_start, end = day_bounds(filters.span.end)
    found = Order.objects.filter(
        placed_at__gte=start,
        placed_at__lt=end,
        status__in=COUNTED,
        currency=filters.currency,
        order_type__in=filters.order_types,
    )
    return found.filter(channel=filters.channel) if filters.channel else found


def _by_rep(found: QuerySet[Order], rep: str) -> QuerySet[Order]:
    number = _whole(rep)
    return found.none() if number is None else found.filter(sales_rep_id=number)


def _whole(text: str) -> int | None:
    """A number as our own links carry it; anything else that an address may hold is none."""
    is_ours = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_ours else None


def _spellings(found: QuerySet[Order], city: str) -> list[str]:
    """Every spelling, as typed, that the city table takes for this city."""
    if city == UNKNOWN:
        return [""]
    city_name = geography.city_namer()
    typed = found.order_by("shipping_city").values_list("shipping_city", flat=True).distinct()
    return [name for name in typed if city_name(name) == city]


def _orders_result(
    found: QuerySet[Order], limit: int | None, *, with_currency: bool = False
) -> Result:
    columns = [
        Column("number", _("Order")),
        Column("placed_at", _("Placed"), "datetime"),
        Column("customer", _("Customer")),
        Column("city", _("City")),
        Column("status", _("Status")),
        Column("payment", _("Payment")),
        Column("channel", _("Channel")),
        Column("rep", _("Sales rep")),
    ]
    if with_currency:
        columns.append(Column("currency", _("Currency")))
    columns.append(Column("total", _("Total"), "money"))
    chosen = found.select_related("sales_rep").order_by("-placed_at", "-pk")
    count = found.count()
    rows = (
        Row(
            values={
                "number": order.number,
                "placed_at": order.placed_at,
                "customer": order.full_name,
                "city": order.shipping_city,
                "status": order.get_status_display(),
                "payment": order.get_payment_status_display(),
                "channel": order.get_channel_display(),
                "rep": order.sales_rep.full_name if order.sales_rep else _("Web"),
                "currency": order.currency,
                "total": order.grand_total,
            },
            order_id=order.pk,
        )
        for order in (chosen[:limit] if limit else chosen.iterator(chunk_size=CHUNK))
    )
    return _result(columns, rows, Tile(_("Orders"), count, "number"), limit)


def _lines_result(found: QuerySet[OrderLine], limit: int | None) -> Result:
    chosen = found.select_related("order").order_by("-order__placed_at", "pk")
    count = found.count()
    rows = (
        Row(
            values={
                "number": line.order.number,
                "placed_at": line.order.placed_at,
                "sku": line.sku,
                "title": line.title,
                "quantity": _signed(line),
                "unit_price": line.unit_price,
                "total": line.total,
            },
            order_id=line.order_id,
        )
        for line in (chosen[:limit] if limit else chosen.iterator(chunk_size=CHUNK))
    )
    columns = [
        Column("number", _("Order")),
        Column("placed_at", _("Placed"), "datetime"),
        Column("sku", _("SKU")),
        Column("title", _("Product")),
        Column("quantity", _("Units"), "number"),
        Column("unit_price", _("Unit price"), "money"),
        Column("total", _("Total"), "money"),
    ]
    return _result(columns, rows, Tile(_("Lines"), count, "number"), limit)


def _result(columns: list[Column], rows: Iterator[Row], tile: Tile, limit: int | None) -> Result:
    """A page holds its few rows; a file reads all of them one by one, however many they are."""
    if limit is None:
        return Result(columns=columns, rows=[], rest=rows, tiles=[tile])
    return Result(columns=columns, rows=list(rows), tiles=[tile], is_cut=int(tile.value) > limit)


def _signed(line: OrderLine) -> int | Decimal:
    return -line.quantity if line.order.order_type == "RETURN" else line.quantity
