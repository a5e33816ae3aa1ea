"""Sending from a terminal: drain until nothing is left that could go now."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from crm_sync import selectors, services
from crm_sync.connections import connection, setup_of
from crm_sync.engine.drain import Report, drain
from crm_sync.engine.health import BREAKER_AFTER
from crm_sync.exceptions import NotConnected
from crm_sync.models import Connection, SyncJob

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
    gives_up: bool = True,
    on_progress: Callable[[int], None] = lambda _left: None,
) -> Sent:
    """Send what is due; with `waits` also what is to be tried again, within some patience.

    An org that fails five times in a row is left alone, unless the caller has all day.
    """
    require_connection()
    services.try_now(now=timezone.now())
    if is_forced:
        services.start_afresh()
    total = Sent()
    started = time.monotonic()
    while True:
        report = drain(timezone.now(), is_forced=is_forced)
        total.sent += report.settled
        total.done += report.done
        total.calls += report.calls
        status = selectors.status(timezone.now())
        on_progress(status.pending)
        is_late = time.monotonic() - started > patience_seconds
        has_given_up = gives_up and connection().failures_in_a_row >= BREAKER_AFTER
        if is_late or has_given_up or _has_ended(report, status, waits=waits):
            break
        if report.is_finished and not report.settled:
            time.sleep(PAUSE_SECONDS)
    status = selectors.status(timezone.now())
    total.dead = status.dead
    if status.pending and (status.trouble or status.state != Connection.State.READY):
        total.halted_by = status.trouble or f"Nothing is sent: {status.state_in_words}."
    total.seconds = round(time.monotonic() - started, 2)
    return total


def _has_ended(report: Report, status: selectors.Status, *, waits: bool) -> bool:
    """Whether going on brings nothing: all is sent, or only a person can help."""
    if not report.is_finished:
        return False
    # What waits for a failed record waits for a person.
    open_ones = status.pending - status.by_state.get(SyncJob.State.BLOCKED, 0)
    return not waits or not open_ones or status.state != Connection.State.READY
