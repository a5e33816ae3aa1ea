"""How the connection is doing: when to wait, when to stop, when to start again."""

from datetime import datetime, timedelta

from django.db import transaction

from crm_sync.client.answers import Usage
from crm_sync.client.faults import CallFailed, Fault, Kind
from crm_sync.client.org import Org
from crm_sync.models import Connection, LaneLease
from crm_sync.models.outbox import Lane
from shop.core import options

BREAKER_AFTER = 5
LONGEST_PAUSE = timedelta(minutes=10)
UNREACHABLE_PAUSE = timedelta(seconds=60)
SIGN_IN_PAUSE = timedelta(minutes=15)
TOKEN_PAUSE = timedelta(seconds=20)
BUDGET_PAUSE = timedelta(minutes=15)
LIVE_STOP_PERCENT = 95
_FIELDS = [
    "state",
    "trouble",
    "failures_in_a_row",
    "resume_at",
    "budget_until",
    "calls_used",
    "calls_limit",
    "last_success_at",
]


@transaction.atomic
def save(connection: Connection) -> None:
    """Write the state of the connection, and nothing that a person may be editing."""
    stored = Connection.objects.select_for_update().get(pk=connection.pk)
    if stored.state == Connection.State.PAUSED:
        connection.state = stored.state  # somebody pressed pause while a batch was on its way
    connection.save(update_fields=_FIELDS)


def may_call(connection: Connection, now: datetime) -> bool:
    """Whether the org may be called at all now."""
    if connection.state in (Connection.State.PAUSED, Connection.State.STOPPED):
        return False
    waits = (connection.resume_at, connection.budget_until)
    return not any(moment and moment > now for moment in waits)


def may_send(connection: Connection, lane: str, now: datetime) -> bool:
    """Whether a lane may claim something now."""
    return may_call(connection, now) and not is_over_budget(connection, lane)


def is_resting(connection: Connection, lane: str, now: datetime) -> bool:
    """Whether a lane waits because its share of the calls is spent."""
    return LaneLease.objects.filter(connection=connection, lane=lane, rest_until__gt=now).exists()


def is_over_budget(connection: Connection, lane: str) -> bool:
    """Whether a lane has used its share of the day's calls."""
    limit = connection.calls_limit or options.value("crm.api_daily_limit")
    reserve = options.value("crm.api_reserve_percent")
    share = LIVE_STOP_PERCENT if lane == Lane.LIVE else 100 - reserve
    return bool(connection.calls_used * 100 >= limit * share)


def note_usage(connection: Connection, usage: Usage | None) -> None:
    """Remember what the org said about its calls."""
    if usage:
        connection.calls_used, connection.calls_limit = usage.used, usage.limit


def note_success(connection: Connection, now: datetime) -> None:
    """The org answered: whatever was wrong is over."""
    connection.failures_in_a_row = 0
    connection.resume_at = connection.budget_until = None
    connection.last_success_at = now
    connection.trouble = ""
    if connection.state == Connection.State.SIGN_IN_FAILED:
        connection.state = Connection.State.READY


def note_halt(connection: Connection, fault: Fault, now: datetime) -> None:
    """The batch could not go on: decide how long to leave the org alone."""
    connection.trouble = fault.in_words()
    connection.failures_in_a_row += 1
    asked = timedelta(seconds=fault.pause_seconds)
    if fault.kind is Kind.BUDGET:
        connection.budget_until = now + max(asked, _growing(connection, BUDGET_PAUSE))
    elif fault.kind is Kind.RETIRED:
        connection.state = Connection.State.STOPPED
    elif fault.kind is Kind.SIGN_IN:
        connection.state = Connection.State.SIGN_IN_FAILED
        connection.resume_at = now + SIGN_IN_PAUSE
    elif fault.kind is Kind.TOKEN:
        # A token that is refused twice in a row can be bad luck; five times it is not.
        is_stuck = connection.failures_in_a_row >= BREAKER_AFTER
        if is_stuck:
            connection.state = Connection.State.SIGN_IN_FAILED
        connection.resume_at = now + (
            SIGN_IN_PAUSE if is_stuck else _growing(connection, TOKEN_PAUSE)
        )
    else:
        connection.resume_at = now + max(asked, _growing(connection, UNREACHABLE_PAUSE))


def note_failures(connection: Connection, in_a_row: int, now: datetime) -> None:
    """Open the circuit breaker after five failed calls in a row."""
    connection.failures_in_a_row = in_a_row
    if in_a_row >= BREAKER_AFTER:
        connection.trouble = "Salesforce answers with errors; waiting before the next try."
        connection.resume_at = now + _growing(connection, LONGEST_PAUSE)


def _growing(connection: Connection, longest: timedelta) -> timedelta:
    doublings = min(connection.failures_in_a_row, 12)
    return min(longest, timedelta(seconds=2.0**doublings / 2))


def probe_budget(connection: Connection, org: Org, lane: str, now: datetime) -> None:
    """Ask for the limits before sending again: usage falls only when somebody looks."""
    try:
        daily = org.limits().get("DailyApiRequests", {})
    except CallFailed as failure:
        note_halt(connection, failure.fault, now)
        return
    limit, remaining = int(daily.get("Max", 0)), int(daily.get("Remaining", 0))
    if limit:
        connection.calls_limit, connection.calls_used = limit, limit - remaining
    connection.budget_until = None
    if is_over_budget(connection, lane):
        LaneLease.objects.filter(connection=connection, lane=lane).update(
            rest_until=now + BUDGET_PAUSE
        )
