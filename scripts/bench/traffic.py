"""Requests over HTTP from several connections at once, counted and timed."""

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Tally:
    """What the connections saw together."""

    milliseconds: list[float] = field(default_factory=list)
    errors: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, milliseconds: list[float], errors: int) -> None:
        """Take in what one connection saw."""
        with self.lock:
            self.milliseconds += milliseconds
            self.errors += errors


def summary(tally: Tally, seconds: float) -> dict[str, Any]:
    """Rate and percentiles, rounded to what can be repeated."""
    times = sorted(tally.milliseconds)
    if not times:
        return {"per_second": 0.0, "errors": tally.errors}
    return {
        "per_second": round(len(times) / seconds, 1),
        **percentiles(times),
        "count": len(times),
        "errors": tally.errors,
    }


def percentiles(times: list[float]) -> dict[str, float]:
    """The middle and the slow end of sorted milliseconds."""
    if not times:
        return {}
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p95_ms": round(times[int(len(times) * 0.95)], 1),
    }


def press(connections: int, seconds: float, act: Callable[[int, float], Any]) -> dict[str, Any]:
    """Let each connection act until the time is over; an act raises to count as an error."""
    tally = Tally()
    began = time.monotonic()
    until = began + seconds

    def work(number: int) -> None:
        times: list[float] = []
        errors = 0
        while time.monotonic() < until:
            start = time.perf_counter()
            try:
                act(number, until)
            except (OSError, http.client.HTTPException, UnexpectedAnswer):
                errors += 1
            else:
                times.append((time.perf_counter() - start) * 1000)
        tally.add(times, errors)

    threads = [
        threading.Thread(target=work, args=(number,), daemon=True) for number in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return summary(tally, time.monotonic() - began)


class UnexpectedAnswer(Exception):
    """The server answered, but not what the visitor came for."""


def get_pages(base: str, paths: list[str], connections: int, seconds: float) -> dict[str, Any]:
    """Load pages over kept connections, one after the other through the list."""
    host = urlsplit(base).netloc
    kept = [http.client.HTTPConnection(host, timeout=30) for _ in range(connections)]
    turns = [number * 7 for number in range(connections)]

    def act(number: int, _until: float) -> None:
        turns[number] += 1
        connection = kept[number]
        try:
            connection.request("GET", paths[turns[number] % len(paths)])
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        if response.status != 200:
            raise UnexpectedAnswer(str(response.status))

    return press(connections, seconds, act)
