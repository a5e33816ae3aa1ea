"""Jobs that prove or keep the store running."""

from datetime import datetime

from django.utils import timezone

from shop.platform.operations import services


def beat(name: str, sent_at: str) -> None:
    """A worker took this out of the queue, so the queue moves."""
    services.record_heartbeat(
        name=name, sent_at=datetime.fromisoformat(sent_at), now=timezone.now()
    )
