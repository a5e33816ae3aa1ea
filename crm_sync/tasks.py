"""Jobs of the synchronisation."""

from datetime import datetime

from django.utils import timezone

from crm_sync import services
from crm_sync.engine import drain as engine
from shop.core.jobs import enqueue

DRAIN = "crm_sync.tasks.drain"


def drain() -> None:
    """Send what changed; what does not fit into one job goes on in the next."""
    report = engine.drain(timezone.now())
    if not report.is_finished:
        enqueue(DRAIN)


def drain_now(now: datetime) -> int:
    """Send what is due at a moment; answers how many records were settled."""
    return engine.drain(now).settled


def tidy() -> None:
    """Forget what nobody will ask for again."""
    services.tidy(now=timezone.now())


def send_stock() -> None:
    """Bring stock figures over that moved since the last time."""
    services.mark_moved_stock(now=timezone.now())
