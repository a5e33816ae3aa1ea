"""Job entry points of reporting."""

from reporting import services


def refresh_stale_days() -> int:
    """Compute again what orders made old."""
    return services.refresh_stale_days()


def roll_up_months() -> int:
    """Add up the months whose days changed."""
    return services.roll_up_months()
