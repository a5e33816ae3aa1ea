"""The sweep that catches what a lost wake-up left behind."""

from datetime import datetime

from reporting import services
from shop.core import jobs

TASK = "reporting.tasks.refresh_stale_days"


def _drain(now: datetime) -> int:
    return services.refresh_stale_days()


def register() -> None:
    """Make the refresh part of `drain` and of the schedule."""
    jobs.register_drain("reporting.refresh_stale_days", _drain)
    jobs.register_schedule("reporting.refresh_stale_days", TASK, minutes=1)
