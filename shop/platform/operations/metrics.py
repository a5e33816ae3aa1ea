"""The page that a monitor reads: what the requests cost, and how the work behind them goes.

Requests are counted in each web process; with PROMETHEUS_MULTIPROC_DIR set the processes share
their counts, and any one of them answers for all. Everything else is asked of the database, so it
is the same in each of them.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime

from django.utils import timezone
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

from shop.core import gauges

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
        for gauge, figures in gauges.read_all(self.clock()):
            labels = [gauge.label] if gauge.label else []
            family = GaugeMetricFamily(gauge.name, gauge.text, labels=labels)
            for value, figure in figures.items():
                family.add_metric([value] if gauge.label else [], figure)
            yield family


def page() -> bytes:
    """All figures in the text format of Prometheus."""
    state = CollectorRegistry(auto_describe=False)
    state.register(StoreCollector())
    return generate_latest(_requests()) + generate_latest(state)


def _requests() -> CollectorRegistry:
    """The requests of this process, or of all that share their counts."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    shared = CollectorRegistry()
    multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared
