"""The first page of the back office: today's figures by role, each leading to its list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shop.core import health
from shop.core.dates import day_bounds, store_date
from shop.doors.backoffice import work_lists
from shop.engagement.notifications.models import Message
from shop.goods.inventory.models import StockItem
from shop.sales.orders import policies
from shop.sales.payments.models import Payment


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
    context["title"] = _("Home")
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
    seen = policies.orders_visible_to(user)
    start, _end = day_bounds(store_date(now))
    week_ago = start - timedelta(days=7)
    before = seen.filter(
        is_history=False, placed_at__gte=week_ago, placed_at__lt=week_ago + (now - start)
    ).count()
    link = f"{reverse('admin:orders_order_changelist')}?{work_lists.PARAMETER}="
    return [
        Figure(
            _("Orders today"),
            work_lists.placed_today(seen, now).count(),
            f"{link}today",
            before=before,
        ),
        Figure(_("To pack"), work_lists.to_pack(seen, now).count(), f"{link}to-pack"),
        Figure(_("Waiting for payment"), work_lists.unpaid(seen, now).count(), f"{link}unpaid"),
    ]


def _payments(_user: Any, now: datetime) -> list[Figure]:
    surplus = work_lists.to_give_back(Payment.objects.all(), now).count()
    link = f"{reverse('admin:payments_payment_changelist')}?{work_lists.PARAMETER}=give-back"
    return [Figure(_("Money to give back"), surplus, link, is_alarming=surplus > 0)]


def _stock(_user: Any, now: datetime) -> list[Figure]:
    low = work_lists.running_low(StockItem.objects.all(), now).count()
    link = f"{reverse('admin:inventory_stockitem_changelist')}?{work_lists.PARAMETER}=low"
    return [Figure(_("Shelves running low"), low, link)]


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
