"""The first page of the back office: today's figures by role, each leading to its list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shop.core import health
from shop.core.dates import day_bounds, store_date
from shop.engagement.notifications.models import Message
from shop.goods.inventory.models import StockItem
from shop.sales.orders import policies
from shop.sales.payments.models import Payment

LOW_STOCK = 5


@dataclass(frozen=True)
class Figure:
    """One number with what it was, and the list behind it."""

    label: str | Promise
    value: int
    link: str
    before: int | None = None
    is_alarming: bool = False


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Give the page the figures that this person's roles may see."""
    now = timezone.now()
    context["figures"] = [
        figure
        for permission, load in LOADERS
        if request.user.has_perm(permission)
        for figure in load(request.user, now)
    ]
    if request.user.has_perm("operations.view_heartbeat"):
        context["probes"] = sorted(health.run(now).items())
    return context


def _orders(user: Any, now: datetime) -> list[Figure]:
    start, _end = day_bounds(store_date(now))
    week_ago = start - timedelta(days=7)
    seen = policies.orders_visible_to(user).filter(is_history=False)
    counts = seen.filter(placed_at__gte=week_ago).aggregate(
        today=Count("pk", filter=Q(placed_at__gte=start)),
        before=Count("pk", filter=Q(placed_at__lt=week_ago + (now - start))),
    )
    waiting = seen.aggregate(
        to_pack=Count("pk", filter=Q(status="ACTIVATED", fulfillment_status="UNFULFILLED")),
        unpaid=Count("pk", filter=Q(status="DRAFT")),
    )
    orders = reverse("admin:orders_order_changelist")
    to_pack = f"{orders}?status__exact=ACTIVATED&fulfillment_status__exact=UNFULFILLED"
    return [
        Figure(_("Orders today"), counts["today"], orders, before=counts["before"]),
        Figure(_("To pack"), waiting["to_pack"], to_pack),
        Figure(_("Waiting for payment"), waiting["unpaid"], f"{orders}?status__exact=DRAFT"),
    ]


def _payments(_user: Any, _now: datetime) -> list[Figure]:
    surplus = Payment.objects.filter(
        is_surplus=True, refunded_amount__lt=F("captured_amount")
    ).count()
    link = f"{reverse('admin:payments_payment_changelist')}?is_surplus__exact=1"
    return [Figure(_("Money to give back"), surplus, link, is_alarming=surplus > 0)]


def _stock(_user: Any, _now: datetime) -> list[Figure]:
    low = StockItem.objects.filter(
        location__is_active=True, on_hand__lte=F("reserved") + F("safety") + LOW_STOCK
    ).count()
    return [Figure(_("Shelves running low"), low, reverse("admin:inventory_stockitem_changelist"))]


def _mail(_user: Any, _now: datetime) -> list[Figure]:
    dead = Message.objects.filter(state=Message.State.DEAD).count()
    link = f"{reverse('admin:notifications_message_changelist')}?state__exact=DEAD"
    return [Figure(_("Mails given up"), dead, link, is_alarming=dead > 0)]


LOADERS: tuple[tuple[str, Callable[[Any, datetime], list[Figure]]], ...] = (
    ("orders.view_order", _orders),
    ("payments.view_payment", _payments),
    ("inventory.change_stockitem", _stock),
    ("notifications.view_message", _mail),
)
