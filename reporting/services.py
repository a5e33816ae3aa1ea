"""Keeping the rolled-up tables true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Count, Sum
from django.db.models.functions import Coalesce

from reporting.amounts import as_units, sum_of
from reporting.counting import COUNTED
from reporting.models import DailyProductSales, DailySales, StaleDay
from shop.core.dates import day_bounds
from shop.directory.geography import selectors as geography
from shop.sales.orders.models import Order, OrderLine

DAYS_PER_RUN = 400


def mark_stale(*, days: Iterable[date]) -> None:
    """Note that the figures of these days are old. Called inside the change's transaction."""
    StaleDay.objects.bulk_create([StaleDay(day=day) for day in sorted(set(days))])


def refresh_stale_days(*, limit: int = DAYS_PER_RUN) -> int:
    """Compute every stale day again, one short transaction each; returns how many."""
    days = list(StaleDay.objects.order_by("day").values_list("day", flat=True).distinct()[:limit])
    for day in days:
        refresh_day(day=day)
    return len(days)


@transaction.atomic
def refresh_day(*, day: date) -> None:
    """Replace one day's figures by what the orders say now."""
    marks = list(StaleDay.objects.select_for_update().filter(day=day).values_list("pk", flat=True))
    start, end = day_bounds(day)
    DailySales.objects.filter(day=day).delete()
    DailyProductSales.objects.filter(day=day).delete()
    DailySales.objects.bulk_create(_sales_rows(day, start, end), batch_size=500)
    DailyProductSales.objects.bulk_create(_product_rows(day, start, end), batch_size=500)
    StaleDay.objects.filter(pk__in=marks).delete()


def _sales_rows(day: date, start: Any, end: Any) -> list[DailySales]:
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
        for row in OrderLine.objects.filter(
            order__placed_at__gte=start,
            order__placed_at__lt=end,
            order__status__in=COUNTED,
            kind="GOODS",
        )
        .values(*(f"order__{key}" for key in keys))
        .annotate(units=Coalesce(Sum("quantity"), 0, output_field=BigIntegerField()))
    }
    merged: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in money:
        units = pieces.get(tuple(row[key] for key in keys), 0)
        city = geography.canonical_city(row["shipping_city"])
        group = (
            row["currency"], row["order_type"], row["channel"], row["region"],
            row["shipping_country"], city, row["sales_rep_id"],
        )  # fmt: skip
        sums = merged[group]
        sums["units"] += units
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


def _product_rows(day: date, start: Any, end: Any) -> list[DailyProductSales]:
    rows = (
        OrderLine.objects.filter(
            order__placed_at__gte=start, order__placed_at__lt=end, order__status__in=COUNTED
        )
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
