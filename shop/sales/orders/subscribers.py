"""What orders do when they hear news about customers."""

from shop.core.events import subscribe
from shop.directory.customers.events import CustomersMerged
from shop.sales.orders import services


def follow_merged_customer(event: CustomersMerged) -> None:
    """Give the orders of a customer that was merged away to the one that stays."""
    services.repoint_orders(
        source_customer_id=event.source_id,
        target_customer_id=event.target_id,
    )


def connect() -> None:
    """Listen."""
    subscribe(CustomersMerged, follow_merged_customer)
