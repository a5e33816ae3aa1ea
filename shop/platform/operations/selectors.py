"""Questions about the running of the store."""

from datetime import datetime

from shop.platform.operations.models import Heartbeat

WORKER = "worker"


def last_beat_sent(name: str = WORKER) -> datetime | None:
    """When the last beat that came round had been sent."""
    return Heartbeat.objects.filter(name=name).values_list("sent_at", flat=True).first()


def last_seen(name: str = WORKER) -> datetime | None:
    """When a worker was last seen at work."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()
