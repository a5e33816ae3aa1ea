"""Sending from a terminal: drain until nothing is left that could go now."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from crm_sync import selectors
from crm_sync.connections import connection, setup_of
from crm_sync.engine.drain import drain
from crm_sync.engine.facts import forget_facts
from crm_sync.exceptions import NotConnected

PAUSE_SECONDS = 1.0


@dataclass(slots=True)
class Sent:
    """What was sent."""

    sent: int = 0
    done: int = 0
    dead: int = 0
    calls: int = 0
    seconds: float = 0.0
    halted_by: str = ""


def require_connection() -> None:
    """Refuse to go on without an org."""
    missing = setup_of(connection()).missing
    if missing:
        raise NotConnected(f"Not connected: {', '.join(missing)} missing.")


def send(
    *,
    waits: bool,
    is_forced: bool = False,
    patience_seconds: float = 600.0,
    on_progress: Callable[[int], None] = lambda _left: None,
) -> Sent:
    """Send what is due; with `waits` also what is to be tried again, within some patience."""
    require_connection()
    if is_forced:
        forget_facts(connection())
    total = Sent()
    started = time.monotonic()
    while True:
        report = drain(timezone.now(), is_forced=is_forced)
        total.sent += report.settled
        total.done += report.done
        total.calls += report.calls
        total.halted_by = report.halted_by
        status = selectors.status(timezone.now())
        on_progress(status.pending)
        is_late = time.monotonic() - started > patience_seconds
        if report.is_finished and (not waits or not status.pending):
            break
        if is_late:
            break
        if report.is_finished and not report.settled:
            time.sleep(PAUSE_SECONDS)
    total.dead = selectors.status(timezone.now()).dead
    total.seconds = round(time.monotonic() - started, 2)
    return total
