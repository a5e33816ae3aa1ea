"""Figures for a monitor: what the requests cost, and how the work behind them goes.

Requests are counted in each web process; with PROMETHEUS_MULTIPROC_DIR set the processes share
their counts, and any one of them answers for all. Everything else is asked of the database.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db.models import Min
from django.utils import timezone
from django_q.models import OrmQ
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shop.core import health
from shop.platform.operations import selectors

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

requests_total = Counter("store_requests", "Requests answered.", ["method", "view", "status"])
request_seconds = Histogram(
    "store_request_seconds", "Seconds a request took.", ["view"], buckets=_BOUNDS
)


class StoreCollector(Collector):
    """The state of the store, read when a monitor asks."""

    def __init__(self, clock: Callable[[], datetime] = timezone.now) -> None:
        self.clock = clock

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = self.clock()
        waiting = OrmQ.objects.filter(lock__lte=now)
        oldest = waiting.aggregate(oldest=Min("lock"))["oldest"]
        yield _gauge("store_queue_waiting", "Wake-ups nobody has taken yet.", waiting.count())
        yield _gauge("store_queue_oldest_seconds", "Age of the oldest wake-up.", _age(oldest, now))
        seen = selectors.last_seen()
        yield _gauge(
            "store_worker_seen_seconds", "Seconds since a worker was seen.", _age(seen, now)
        )
        probes = GaugeMetricFamily("store_probe_ok", "Answers of /readyz.", labels=["probe"])
        for name, probe in health.run(now).items():
            probes.add_metric([name], float(probe.ok))
        yield probes


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _age(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0


def page() -> bytes:
    """All figures in the text format of Prometheus."""
    state = CollectorRegistry()
    state.register(StoreCollector())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shared = CollectorRegistry()
        multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return generate_latest(shared) + generate_latest(state)
    return generate_latest(REGISTRY) + generate_latest(state)
