"""News from sales that makes a day's figures old."""

from __future__ import annotations

from reporting import services
from reporting.schedule import TASK
from shop.core import jobs
from shop.core.dates import store_date
from shop.core.events import subscribe
from shop.sales.orders import events
from shop.sales.orders.models import Order


def _on_order_change(event: events.OrderActivated | events.OrderCancelled) -> None:
    services.mark_stale(days=[store_date(event.placed_at)])
    jobs.enqueue(TASK)


def _on_past_orders(event: events.PastOrdersRecorded) -> None:
    moments = Order.objects.filter(pk__in=event.order_ids).values_list("placed_at", flat=True)
    services.mark_stale(days=[store_date(moment) for moment in moments])
    jobs.enqueue(TASK)


def connect() -> None:
    """Subscribe; called once when the app is ready."""
    subscribe(events.OrderActivated, _on_order_change)
    subscribe(events.OrderCancelled, _on_order_change)
    subscribe(events.PastOrdersRecorded, _on_past_orders)
