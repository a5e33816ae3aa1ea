"""The store as it is run: server processes and workers on the test's own database."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from crm_sync.models import ChangeMark
from scripts import children
from shop.core import jobs
from shop.core.models import InboxMessage
from tests.crm_sync.orgs import free_port
from tests.factories.crm_sync import unfinished
from tests.races.killable.plans import Folder, Plan

START_SECONDS = 180
# What a dead worker had taken out of the queue stays locked there for two minutes; the work itself
# is in the tables of those it concerns.
WAITING = (
    InboxMessage.objects.filter(handled_at=None).exists,
    ChangeMark.objects.exists,
    unfinished,
    lambda: OrmQ.objects.filter(lock__lte=timezone.now()).exists(),
)
LONGEST_WAIT = 240
BOUNCE, ROUND_SECONDS = 0.1, 1.0


def wait_until(
    question, *, seconds=LONGEST_WAIT, problem=lambda: "waited in vain", act=lambda: None
):
    """Ask until the answer is yes; now and then do something that should help."""
    deadline = time.monotonic() + seconds
    turn = time.monotonic() + BOUNCE
    while not (answer := question()):
        assert time.monotonic() < deadline, problem()
        if time.monotonic() > turn:
            turn = time.monotonic() + ROUND_SECONDS
            act()
        time.sleep(0.05)
    return answer


def database_url() -> str:
    """The address of the database that this test works on."""
    base = urlsplit(os.environ["TEST_DATABASE_URL"])
    return base._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


class Processes:
    """Web and worker of one store; they end with the test."""

    def __init__(self, folder: Path, *, web_processes: int = 1) -> None:
        self.folder = folder
        self.port = free_port()
        self.web_processes = web_processes
        self.kills = Folder(folder)
        self.family: list[children.Child] = []
        self.environment = {
            **os.environ,
            "TEST_DB": "postgres",
            "TEST_DATABASE_URL": database_url(),
            "TEST_VAR_DIR": str(folder),
            "KILL_FOLDER": str(folder),
            "SITE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "tests.races.killable.settings",
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start_web(self) -> None:
        """Server processes under a parent that replaces the dead."""
        granian = Path(sys.executable).parent / "granian"
        command = [
            *(str(granian), "--interface", "wsgi", "tests.races.served:application"),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", str(self.web_processes), "--blocking-threads", "4"),
            *("--respawn-failed-workers", "--respawn-interval", str(BOUNCE)),
            *("--log-level", "warning"),
        ]
        self._start("web", command)

    def start_worker(self) -> None:
        """The background jobs under their supervisor."""
        command = [sys.executable, "-m", "django", "worker", "--interval", "2", "--misses", "8"]
        self._start("worker", command)

    def _start(self, name: str, command: list[str]) -> None:
        child = children.Child(name, command, self.environment, self.folder / f"{name}.log")
        child.start()
        self.family.append(child)

    def wait_for_web(self) -> None:
        """Until a page is answered again."""
        wait_until(self.answers, seconds=START_SECONDS, problem=self.logs)

    def answers(self) -> bool:
        """Whether the web is there; a parent that gave up is started again, as by `make run`."""
        for child in self.family:
            if not child.is_running:
                child.start()
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/healthz", timeout=20).ok
        return False

    def logs(self) -> str:
        """What the processes wrote last."""
        return "\n".join(f"--- {child.name}\n{child.tail(40)}" for child in self.family)

    def kill_at(self, work: str, step: str = "", nth: int = 1, **more) -> None:
        """Have the process die that comes to this step."""
        self.kills.write(Plan(work, step, nth, **more))

    def wait_for_death(self) -> str:
        """Until a process died as planned; answers what it was about to do."""
        return wait_until(lambda: self.kills.last_words, problem=self.logs)

    def settle(self) -> None:
        """Let the clock's jobs come round until nothing waits, neither job nor change."""
        come_round()
        wait_until(
            lambda: not any(question() for question in WAITING),
            problem=lambda: f"{unfinished()}\n{self.logs()}",
            act=come_round,
        )

    def stop(self) -> None:
        children.stop_all(self.family)


def come_round() -> None:
    """What the schedules do each minute, now."""
    for schedule in jobs.schedules():
        if schedule.minutes == 1:
            async_task(jobs.RUNNER, schedule.task, "")


def run_django(*words: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command for admins as a process of the store."""
    return subprocess.run(
        [sys.executable, "-m", "django", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
