"""Rows that wait for somebody: counted on the first page, listed by the same rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RadioFilter

from shop.core.dates import day_bounds, store_date
from shop.goods.inventory.models import StockItem
from shop.sales.orders.models import Order
from shop.sales.payments.models import Payment

LOW_STOCK = 5
PARAMETER = "work"
Narrow = Callable[[Any, datetime], Any]


def placed_today(rows: QuerySet[Order], now: datetime) -> QuerySet[Order]:
    """Orders of this store day."""
    return rows.filter(is_history=False, placed_at__gte=day_bounds(store_date(now))[0])


def to_pack(rows: QuerySet[Order], _now: datetime) -> QuerySet[Order]:
    """Confirmed orders of which nothing was packed yet."""
    return rows.filter(is_history=False, status="ACTIVATED", fulfillment_status="UNFULFILLED")


def unpaid(rows: QuerySet[Order], _now: datetime) -> QuerySet[Order]:
    """Orders that wait for their payment."""
    return rows.filter(is_history=False, status="DRAFT")


def to_give_back(rows: QuerySet[Payment], _now: datetime) -> QuerySet[Payment]:
    """Money that came in twice or too late."""
    return rows.filter(is_surplus=True, refunded_amount__lt=F("captured_amount"))


def running_low(rows: QuerySet[StockItem], _now: datetime) -> QuerySet[StockItem]:
    """Shelves from which almost nothing can be sold any more."""
    return rows.filter(
        location__is_active=True, on_hand__lte=F("reserved") + F("safety") + LOW_STOCK
    )


class WorkFilter(RadioFilter):
    """Narrows a list to what waits."""

    title = _("Work")
    parameter_name = PARAMETER
    kinds: Mapping[str, tuple[str | Promise, Narrow]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str | Promise]]:
        """The kinds of work, in words."""
        return [(name, title) for name, (title, _narrow) in self.kinds.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Only the rows of the chosen kind."""
        kind = self.kinds.get(self.value() or "")
        return kind[1](queryset, timezone.now()) if kind else queryset


class OrderWork(WorkFilter):
    """What orders wait for."""

    kinds = {
        "today": (_("Placed today"), placed_today),
        "to-pack": (_("To pack"), to_pack),
        "unpaid": (_("Waiting for payment"), unpaid),
    }


class PaymentWork(WorkFilter):
    """What payments wait for."""

    kinds = {"give-back": (_("Money to give back"), to_give_back)}


class StockWork(WorkFilter):
    """What shelves wait for."""

    kinds = {"low": (_("Running low"), running_low)}
