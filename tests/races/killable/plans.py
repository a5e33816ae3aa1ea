"""What a test asks for: die once, at this step of that work."""

import json
import os
import signal
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ANY = ""


@dataclass(frozen=True)
class Plan:
    """Die at the `nth` step of this work whose name holds `step`.

    With `since` the count begins after the first step that holds this text.
    """

    work: str
    step: str = ANY
    nth: int = 1
    since: str = ANY
    whole_group: bool = False

    def is_due(self, steps: tuple[str, ...]) -> bool:
        """Whether the last of these steps is the one to die at."""
        first = next((place for place, name in enumerate(steps) if self.since in name), len(steps))
        counted = [name for name in steps[first:] if self.step in name]
        return self.step in steps[-1] and len(counted) == self.nth


class Folder:
    """Where plans lie; every process of the store looks here before each step."""

    def __init__(self, path):
        self.waiting = Path(path) / "plan.json"
        self.fired = Path(path) / "fired.txt"

    def write(self, plan: Plan) -> None:
        """Arm the store."""
        self.fired.unlink(missing_ok=True)
        fresh = self.waiting.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(plan)))
        fresh.replace(self.waiting)

    def read(self) -> Plan | None:
        """The plan, if one waits."""
        try:
            return Plan(**json.loads(self.waiting.read_text()))
        except FileNotFoundError:
            return None

    def take_back(self) -> bool:
        """Disarm the store; answers whether the plan was still waiting."""
        try:
            self.waiting.unlink()
        except FileNotFoundError:
            return False
        return True

    @property
    def last_words(self) -> str:
        """What the process was about to do when it died; empty when none did."""
        return self.fired.read_text() if self.fired.exists() else ""


class _Work(threading.local):
    name = ""
    steps: tuple[str, ...] = ()


_work = _Work()


@contextmanager
def work(name: str):
    """Count steps from here as steps of this request or job."""
    before = (_work.name, _work.steps)
    _work.name, _work.steps = name, ()
    try:
        yield
    finally:
        _work.name, _work.steps = before


def step(folder: Folder, name: str) -> None:
    """A step is about to be made: die here if a test wants it."""
    if not _work.name:
        return
    _work.steps = (*_work.steps, name)
    plan = folder.read()
    if plan and _work.name == plan.work and plan.is_due(_work.steps):
        _die(folder, plan, name)


def _die(folder: Folder, plan: Plan, name: str) -> None:
    if not folder.take_back():
        return  # another process was quicker: one death for each plan
    folder.fired.write_text(f"{_work.name}: {name}")
    if plan.whole_group:
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
