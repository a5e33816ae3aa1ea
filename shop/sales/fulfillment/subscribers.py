"""What parcels do when they hear news about orders."""

from shop.core import jobs
from shop.core.events import subscribe
from shop.sales.orders.events import OrderActivated


def plan_parcels(event: OrderActivated) -> None:
    """Have the parcels of a binding order planned after commit."""
    jobs.enqueue("shop.sales.fulfillment.tasks.plan_parcels", event.order_id)


def connect() -> None:
    """Listen."""
    subscribe(OrderActivated, plan_parcels)
