"""Work after commit: a job is a dotted name and ids, may run twice, and carries no data."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django_q.tasks import async_task

from shop.core import options
from shop.core.actors import bind_correlation_id, correlation_id

RUNNER = "shop.core.jobs.run"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WakeUp:
    """One call of a task that waits for its transaction to commit."""

    task: str
    args: tuple[Any, ...]

    def __call__(self) -> None:
        """Hand the call to a worker, or make it here where jobs run inline."""
        if settings.JOBS_INLINE:
            run(self.task, correlation_id(), *self.args)
        else:
            async_task(RUNNER, self.task, correlation_id(), *self.args)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A task that runs by the clock."""

    name: str
    task: str
    minutes: int = 0
    cron: str = ""


_drains: dict[str, Callable[[datetime], int]] = {}
_schedules: dict[str, Schedule] = {}


def enqueue(task: str, *args: Any) -> None:
    """Run a task after commit; asking twice in one transaction wakes it once."""
    wake_up = WakeUp(task, args)
    # Whatever undoes the earlier wake-up (a savepoint) undoes this caller's work as well.
    if any(waiting[1] == wake_up for waiting in transaction.get_connection().run_on_commit):
        return
    # A broker that is down must not turn a committed sale into an error: schedules sweep it up.
    transaction.on_commit(wake_up, robust=not settings.JOBS_INLINE)


def run(task: str, correlation: str, *args: Any) -> Any:
    """Call a task with fresh settings and under the id of the click that caused it."""
    function: Callable[..., Any] = import_string(task)
    with bind_correlation_id(correlation), options.snapshot():
        return function(*args)


def register_drain(name: str, func: Callable[[datetime], int]) -> None:
    """Offer an outbox: a function that does what is due and answers how much it did."""
    _drains[name] = func


def drain_all(now: datetime) -> dict[str, int]:
    """Empty every outbox; one that fails does not stop the others, and is told at the end."""
    done: dict[str, int] = {}
    failures: list[Exception] = []
    for name, func in _drains.items():
        try:
            with options.snapshot():
                done[name] = func(now)
        except Exception as failure:
            logger.exception("Drain %s failed", name)
            failures.append(failure)
    if failures:
        raise ExceptionGroup("Some outboxes could not be emptied", failures)
    return done


def register_schedule(name: str, task: str, *, minutes: int = 0, cron: str = "") -> None:
    """Ask for a task by the clock: every so many minutes, or by a cron line in store time."""
    if bool(minutes) == bool(cron):
        raise ValueError(f"{name}: give minutes or cron")
    _schedules[name] = Schedule(name=name, task=task, minutes=minutes, cron=cron)


def schedules() -> tuple[Schedule, ...]:
    """Every schedule that was asked for; the worker carries them into its table."""
    return tuple(_schedules.values())
