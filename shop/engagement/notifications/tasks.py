"""Jobs of the outbox."""

from django.utils import timezone

from shop.engagement.notifications import services


def drain() -> int:
    """Send what is due."""
    return services.drain(timezone.now())
