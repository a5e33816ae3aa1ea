"""The processes of `make run`: watched, restarted, and stopped within ten seconds."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 8.0
KILL_SECONDS = 1.5
MOST_RESTARTS = 5
RESTART_WINDOW = 60.0


@dataclass
class Child:
    """One process with its own group, so that a signal to us reaches it only through us."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it, with its output going to a log file."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.starts.append(time.monotonic())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process is not None and self.process.poll() is None

    @property
    def keeps_failing(self) -> bool:
        """Whether another start would only hide that something is wrong."""
        now = time.monotonic()
        return sum(now - at < RESTART_WINDOW for at in self.starts) > MOST_RESTARTS

    def tail(self, lines: int = 15) -> str:
        """The end of its log, for a person to read."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def signal_group(pid: int, number: signal.Signals) -> bool:
    """Signal a process with all it started; False when there is nothing left to signal."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def stop_all(children: Sequence[Child]) -> None:
    """Ask every child to end, wait, then end what is left of their groups."""
    pids = [child.process.pid for child in children if child.process is not None]
    for child in children:
        if child.is_running and child.process is not None:
            child.process.terminate()
    _wait_until_gone(children, STOP_SECONDS)
    # A child may be gone while something it started is not: the whole group goes.
    for pid in pids:
        signal_group(pid, signal.SIGKILL)
    _wait_until_gone(children, KILL_SECONDS)


def _wait_until_gone(children: Sequence[Child], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(child.is_running for child in children):
        time.sleep(0.05)


def _birth(pid: int) -> str:
    """When a process started: with its number it names one process and never another."""
    done = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def remember(path: Path, children: Sequence[Child]) -> None:
    """Write down who runs, for a start after this process was killed outright."""
    pids = [child.process.pid for child in children if child.is_running and child.process]
    path.write_text(json.dumps({str(pid): _birth(pid) for pid in pids}))


def sweep(path: Path) -> int:
    """End what a killed run left behind, and nothing else; answers how many there were."""
    if not path.exists():
        return 0
    try:
        left = json.loads(path.read_text())
    except json.JSONDecodeError:
        left = {}  # cut off while it was written: then its ports tell
    alive = [
        (int(pid), birth) for pid, birth in left.items() if birth and _birth(int(pid)) == birth
    ]
    for pid, _birthday in alive:
        signal_group(pid, signal.SIGTERM)
    for pid, birth in alive:
        _end(pid, birth)
    path.unlink()
    return len(alive)


def _end(pid: int, birth: str) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and _birth(pid) == birth:
        time.sleep(0.1)
    signal_group(pid, signal.SIGKILL)
