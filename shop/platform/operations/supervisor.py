"""Keeps one cluster of background workers alive.

A cluster whose idle worker died looks healthy and takes no task any more, so only work that comes
round counts as life: the supervisor puts a beat into the queue and looks whether a worker took it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

import structlog
from django.db import DatabaseError, close_old_connections

logger = structlog.get_logger(__name__)

_STEP_SECONDS = 0.2


@dataclass(frozen=True)
class Pace:
    """How often a beat is sent, how many may be missed, how long a start and a stop may take."""

    interval: float = 30.0
    misses: int = 3
    grace: float = 6.0
    boot: float = 90.0


@dataclass
class Pulse:
    """Asks once in each interval whether any beat came round since the last question."""

    allowed: int
    seen: datetime | None = None
    missed: int = 0
    is_warm: bool = False

    def is_lost(self, last_seen: datetime | None, *, may_still_boot: bool) -> bool:
        """True when the cluster must be given up; one that is starting has time for it."""
        came_round = last_seen is not None and last_seen != self.seen
        self.seen = last_seen
        self.is_warm = self.is_warm or came_round
        if came_round or (may_still_boot and not self.is_warm):
            self.missed = 0
        else:
            self.missed += 1
        return self.missed >= self.allowed


class Supervisor:
    """One child process group, started again whenever it ends or falls silent."""

    def __init__(
        self,
        *,
        pace: Pace,
        clock: Callable[[], datetime],
        send_beat: Callable[[datetime], None],
        last_seen: Callable[[], datetime | None],
        command: list[str],
        directory: Path,
    ) -> None:
        self.pace = pace
        self.clock = clock
        self.send_beat = send_beat
        self.last_seen = last_seen
        self.command = command
        self.directory = directory
        self.restarts = 0
        self.is_stopping = False
        self.child: subprocess.Popen[bytes] | None = None
        self.last_beat: datetime | None = None

    def run(self) -> None:
        """Watch until SIGTERM or SIGINT, then let running jobs finish within the grace time."""
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        while not self.is_stopping:
            self.child = self._start()
            reason = self._watch(self.child)
            self._stop(self.child, at_once=not self.is_stopping)
            if not self.is_stopping:
                self.restarts += 1
                logger.error("worker.restarted", reason=reason, restarts=self.restarts)
                self._sleep(min(self.pace.interval, 1.0))

    def _ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def _start(self) -> subprocess.Popen[bytes]:
        # Its own session, so that the whole group can be ended at once; the pipe tells it when
        # this process is gone, however it went.
        child = subprocess.Popen(  # noqa: S603 - our own interpreter and command
            self.command, cwd=self.directory, stdin=subprocess.PIPE, start_new_session=True
        )
        logger.info("worker.started", pid=child.pid)
        return child

    def _watch(self, child: subprocess.Popen[bytes]) -> str:
        """Return why the cluster can no longer be relied upon."""
        started = due = time.monotonic()
        pulse: Pulse | None = None
        while not self.is_stopping:
            if child.poll() is not None:
                return f"ended with status {child.returncode}"
            if time.monotonic() >= due:
                due = time.monotonic() + self.pace.interval
                may_still_boot = time.monotonic() - started < self.pace.boot
                pulse = self._ask(pulse)
                if pulse and pulse.is_lost(self.last_beat, may_still_boot=may_still_boot):
                    return f"{pulse.missed} beats did not come round"
            time.sleep(_STEP_SECONDS)
        return "asked to stop"

    def _ask(self, pulse: Pulse | None) -> Pulse | None:
        """Read when the last beat came round and send another; nothing where that was impossible.

        Without a database nobody can beat: that is no reason to kill the workers.
        """
        try:
            close_old_connections()
            self.last_beat = self.last_seen()
            self.send_beat(self.clock())
        except DatabaseError as error:
            logger.warning("worker.beat_not_sent", error=str(error))
            return None
        return pulse or Pulse(allowed=self.pace.misses, seen=self.last_beat)

    def _stop(self, child: subprocess.Popen[bytes], *, at_once: bool) -> None:
        if not at_once and child.poll() is None:
            child.terminate()
            try:
                child.wait(timeout=self.pace.grace)
            except subprocess.TimeoutExpired:
                logger.warning("worker.killed", reason="did not stop in time")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        if child.stdin is not None:
            child.stdin.close()

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.is_stopping and time.monotonic() < end:
            time.sleep(_STEP_SECONDS)


def cluster_command() -> list[str]:
    """The command line that becomes the supervised process."""
    return [sys.executable, "-m", "django", "worker", "--cluster"]
