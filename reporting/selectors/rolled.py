"""The two rolled-up tables under a report's filters."""

from __future__ import annotations

from django.db.models import QuerySet

from reporting.filters import Filters
from reporting.models import DailyProductSales, DailySales
from reporting.periods import Span


def sales(filters: Filters, span: Span | None = None) -> QuerySet[DailySales]:
    """Days of sales that count under these filters."""
    chosen = span or filters.span
    rows = DailySales.objects.filter(
        currency=filters.currency,
        day__gte=chosen.start,
        day__lte=chosen.end,
        order_type__in=filters.order_types,
    )
    return rows.filter(channel=filters.channel) if filters.channel else rows


def products(filters: Filters, span: Span | None = None) -> QuerySet[DailyProductSales]:
    """Days of product sales that count under these filters."""
    chosen = span or filters.span
    return DailyProductSales.objects.filter(
        currency=filters.currency,
        day__gte=chosen.start,
        day__lte=chosen.end,
        order_type__in=filters.order_types,
        kind="GOODS",
    )
