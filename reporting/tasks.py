"""Job entry points of reporting."""

from reporting import services


def refresh_stale_days() -> int:
    """Compute again what orders made old."""
    return services.refresh_stale_days()
