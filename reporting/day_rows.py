"""What the orders of one day come to: rows for the rolled-up tables, not yet written."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Count, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from reporting.amounts import as_units, sum_of
from reporting.counting import COUNTED, IS_SALE, OTHER, RETURN, SALE
from reporting.models import DailyLedger, DailyProductSales, DailySales
from shop.core.dates import day_bounds
from shop.directory.geography import selectors as geography
from shop.sales.orders.models import Order, OrderLine


def sales_rows(day: date) -> list[DailySales]:
    """One row per place, channel and sales rep."""
    start, end = day_bounds(day)
    keys = (
        "currency", "order_type", "channel", "region", "shipping_country", "shipping_city",
        "sales_rep_id",
    )  # fmt: skip
    counted = Order.objects.filter(placed_at__gte=start, placed_at__lt=end, status__in=COUNTED)
    money = counted.values(*keys).annotate(
        orders=Count("pk"),
        goods_units=sum_of("goods_total"),
        discount_units=sum_of("discount_total"),
        shipping_units=sum_of("shipping_total"),
        tax_units=sum_of("tax_total"),
        total_units=sum_of("grand_total"),
    )
    pieces = {
        tuple(row[f"order__{key}"] for key in keys): row["units"]
        for row in _counted_lines(start, end)
        .filter(kind="GOODS")
        .values(*(f"order__{key}" for key in keys))
        .annotate(units=Coalesce(Sum("quantity"), 0, output_field=BigIntegerField()))
    }
    city_name = geography.city_namer()
    merged: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in money:
        units = pieces.get(tuple(row[key] for key in keys), 0)
        city = city_name(row["shipping_city"])
        group = (
            row["currency"], row["order_type"], row["channel"], row["region"],
            row["shipping_country"], city, row["sales_rep_id"],
        )  # fmt: skip
        sums = merged[group]
        # What came back is no sale: its units count against what was sold, as its amounts do.
        sums["units"] += -units if row["order_type"] == "RETURN" else units
        for name in (
            "orders", "goods_units", "discount_units", "shipping_units", "tax_units", "total_units",
        ):  # fmt: skip
            sums[name] += row[name]
    return [
        DailySales(
            day=day,
            currency=currency,
            order_type=order_type,
            channel=channel,
            region=region,
            country=country,
            city=city,
            sales_rep_id=rep,
            **sums,
        )
        for (currency, order_type, channel, region, country, city, rep), sums in merged.items()
    ]


def product_rows(day: date) -> list[DailyProductSales]:
    """One row per article and price."""
    start, end = day_bounds(day)
    rows = (
        _counted_lines(start, end)
        .values("order__currency", "order__order_type", "kind", "sku", "unit_price")
        .annotate(
            price_units=as_units("unit_price"),
            lines=Count("pk"),
            pieces=Coalesce(Sum("quantity"), 0, output_field=BigIntegerField()),
            total_units=sum_of("total"),
        )
    )
    titles = dict(
        OrderLine.objects.filter(order__placed_at__gte=start, order__placed_at__lt=end)
        .order_by("pk")
        .values_list("sku", "title")
    )
    return [
        DailyProductSales(
            day=day,
            currency=row["order__currency"],
            order_type=row["order__order_type"],
            kind=row["kind"],
            sku=row["sku"],
            title=titles.get(row["sku"], "")[:255],
            unit_price_units=row["price_units"],
            lines=row["lines"],
            units=row["pieces"],
            total_units=row["total_units"],
        )
        for row in rows
    ]


def ledger_rows(day: date) -> list[DailyLedger]:
    """One row per currency and kind of line; an order counts once for each kind it holds."""
    start, end = day_bounds(day)
    what = Case(
        When(order__order_type="RETURN", then=Value(RETURN)),
        When(IS_SALE, then=Value(SALE)),
        default=Value(OTHER),
        output_field=CharField(),
    )
    found = (
        _counted_lines(start, end)
        .annotate(what=what)
        .values("order__currency", "what")
        .annotate(
            orders=Count("order_id", distinct=True), lines=Count("pk"), total_units=sum_of("total")
        )
    )
    return [
        DailyLedger(
            day=day,
            currency=row["order__currency"],
            what=row["what"],
            orders=row["orders"],
            lines=row["lines"],
            total_units=row["total_units"],
        )
        for row in found
    ]


def _counted_lines(start: datetime, end: datetime) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(
        order__placed_at__gte=start, order__placed_at__lt=end, order__status__in=COUNTED
    ).order_by()
