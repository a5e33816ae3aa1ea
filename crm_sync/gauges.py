"""How far Salesforce is behind, as figures."""

from datetime import datetime

from crm_sync import selectors
from shop.core import gauges


def register() -> None:
    """Offer the figures to whoever watches the store."""
    gauges.register(
        "store_sync_changes",
        "Changes on their way to Salesforce, or failed.",
        _changes,
        label="state",
    )
    gauges.register("store_sync_lag_seconds", "Age of the oldest change on its way.", _lag)


def _changes(now: datetime) -> dict[str, float]:
    status = selectors.status(now)
    return {"waiting": status.pending, "failed": status.dead}


def _lag(now: datetime) -> dict[str, float]:
    return {"": selectors.status(now).oldest_seconds}
