"""The sweep that catches what a lost wake-up left behind."""

from datetime import datetime

from reporting import services
from shop.core import jobs

TASK = "reporting.tasks.refresh_stale_days"
MONTHS_TASK = "reporting.tasks.roll_up_months"


def _drain(now: datetime) -> int:
    return services.refresh_stale_days()


def _roll_up(now: datetime) -> int:
    return services.roll_up_months()


def register() -> None:
    """Make the refresh part of `drain` and of the schedule."""
    jobs.register_drain("reporting.refresh_stale_days", _drain)
    jobs.register_schedule("reporting.refresh_stale_days", TASK, minutes=1)
    # Behind the days: the drain asks in the order in which the parts were registered.
    jobs.register_drain("reporting.roll_up_months", _roll_up)
    jobs.register_schedule("reporting.roll_up_months", MONTHS_TASK, minutes=30)
