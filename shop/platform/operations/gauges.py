"""How the queue and the workers do, as figures."""

from datetime import datetime

from django.db.models import Min
from django_q.models import OrmQ

from shop.core import gauges, health
from shop.platform.operations import selectors


def register() -> None:
    """Offer the figures to whoever watches the store."""
    gauges.register("store_queue_waiting", "Wake-ups nobody has taken yet.", queue_waiting)
    gauges.register("store_queue_oldest_seconds", "Age of the oldest wake-up.", queue_oldest)
    gauges.register("store_worker_seen_seconds", "Seconds since a worker was seen.", worker_seen)
    gauges.register("store_probe_ok", "Answers of /readyz.", probes, label="probe")


def queue_waiting(now: datetime) -> dict[str, float]:
    """How many wake-ups wait to be taken."""
    return {"": OrmQ.objects.filter(lock__lte=now).count()}


def queue_oldest(now: datetime) -> dict[str, float]:
    """How long the oldest of them waits."""
    oldest = OrmQ.objects.filter(lock__lte=now).aggregate(oldest=Min("lock"))["oldest"]
    return {"": _age(oldest, now)}


def worker_seen(now: datetime) -> dict[str, float]:
    """How long ago a worker took a beat; nothing where none ever did."""
    seen = selectors.last_seen()
    return {"": _age(seen, now)} if seen else {}


def probes(now: datetime) -> dict[str, float]:
    """One for each question of /readyz that is answered with yes."""
    return {name: float(probe.ok) for name, probe in health.run(now).items()}


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0
