"""Work after commit: a job is a dotted name and ids, may run twice, and carries no data."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.brokers.orm import ORM
from django_q.models import OrmQ
from django_q.tasks import async_task

from shop.core import commits, options
from shop.core.actors import bind_correlation_id, correlation_id
from shop.core.rows import insert

RUNNER = "shop.core.jobs.run"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WakeUp:
    """One call of a task."""

    task: str
    args: tuple[Any, ...]


@dataclass(eq=False)
class WakeUps(commits.Gathering):
    """The calls that wait for a transaction to commit, each once."""

    waiting: list[WakeUp] = field(default_factory=list)

    def committed(self) -> None:
        """Hand the calls to a worker in one go, or make them here where jobs run inline."""
        if settings.JOBS_INLINE:
            for call in self.waiting:
                run(call.task, correlation_id(), *call.args)
            return
        with Bundle() as bundle:
            for call in self.waiting:
                async_task(RUNNER, call.task, correlation_id(), *call.args, broker=bundle)


class Bundle(ORM):
    """Keeps what is sent through it, and puts all of it into the queue with one insert."""

    def __init__(self) -> None:
        super().__init__()
        self.packages: list[str] = []

    def enqueue(self, task: str) -> int:
        """Keep a signed task; answers its place in the bundle."""
        self.packages.append(task)
        return len(self.packages)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            now = timezone.now()
            rows = [OrmQ(key=self.list_key, payload=task, lock=now) for task in self.packages]
            insert(rows)


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
    # A broker that is down must not turn a committed sale into an error: schedules sweep it up.
    is_robust = not settings.JOBS_INLINE
    if not transaction.get_connection().in_atomic_block:
        transaction.on_commit(WakeUps([wake_up]), robust=is_robust)
    # Whatever undoes the earlier wake-up (a savepoint) undoes this caller's work as well.
    elif not any(wake_up in others.waiting for others in commits.standing(WakeUps)):
        commits.gather(WakeUps, robust=is_robust).waiting.append(wake_up)


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
