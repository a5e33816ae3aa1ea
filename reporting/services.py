"""Keeping the rolled-up tables true."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Max, Sum

from reporting import day_rows
from reporting.models import (
    DailyLedger,
    DailyProductSales,
    DailySales,
    MonthlyProductSales,
    RolledMonth,
    StaleDay,
)
from reporting.periods import next_bucket
from shop.core.rows import insert

DAYS_PER_RUN = 400
BATCH = 500
ARTICLE = ("currency", "order_type", "kind", "sku", "unit_price_units")


def mark_stale(*, days: Iterable[date]) -> None:
    """Note that the figures of these days are old. Called inside the change's transaction."""
    insert([StaleDay(day=day) for day in sorted(set(days))])


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
    month = day.replace(day=1)
    for model in (DailySales, DailyProductSales, DailyLedger):
        model._default_manager.filter(day=day).delete()
    DailySales.objects.bulk_create(day_rows.sales_rows(day), batch_size=BATCH)
    DailyProductSales.objects.bulk_create(day_rows.product_rows(day), batch_size=BATCH)
    DailyLedger.objects.bulk_create(day_rows.ledger_rows(day), batch_size=BATCH)
    # The month's own sums are old now; until they are rolled up again the reports add its days.
    RolledMonth.objects.bulk_create([RolledMonth(month=month)], ignore_conflicts=True)
    RolledMonth.objects.filter(month=month).update(is_fresh=False)
    StaleDay.objects.filter(pk__in=marks).delete()


def roll_up_months() -> int:
    """Add up the days of every month that changed, one transaction each; returns how many."""
    waiting = RolledMonth.objects.filter(is_fresh=False).order_by("month")
    months = list(waiting.values_list("month", flat=True))
    for month in months:
        roll_up_month(month=month)
    return len(months)


@transaction.atomic
def roll_up_month(*, month: date) -> None:
    """Replace one month's sums by what its days say now."""
    mark = RolledMonth.objects.select_for_update().get(month=month)
    days = DailyProductSales.objects.filter(day__gte=month, day__lt=next_bucket(month, "month"))
    MonthlyProductSales.objects.filter(month=month).delete()
    MonthlyProductSales.objects.bulk_create(
        [
            MonthlyProductSales(month=month, **row)
            for row in days.order_by()
            .values(*ARTICLE)
            .annotate(
                title=Max("title"),
                lines=Sum("lines"),
                units=Sum("units"),
                total_units=Sum("total_units"),
            )
        ],
        batch_size=BATCH,
    )
    mark.is_fresh = True
    mark.save(update_fields=["is_fresh"])
