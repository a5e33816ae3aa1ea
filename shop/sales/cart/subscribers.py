"""What carts do when they hear news about customers."""

from shop.core.actors import SYSTEM_ACTOR
from shop.core.events import subscribe
from shop.directory.customers.events import CustomersMerged
from shop.sales.cart import services


def follow_merged_customer(event: CustomersMerged) -> None:
    """Give the carts of a customer that was merged away to the one that stays."""
    services.repoint_carts(
        source_customer_id=event.source_id,
        target_customer_id=event.target_id,
        actor=SYSTEM_ACTOR,
    )


def connect() -> None:
    """Listen."""
    subscribe(CustomersMerged, follow_merged_customer)
