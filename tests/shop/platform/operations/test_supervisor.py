"""The workers are watched by what they do, not by how they look."""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import psutil
import pytest
from django.conf import settings

from shop.platform.operations.supervisor import Pulse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
INTERVAL = timedelta(seconds=30)


def _ask(pulse, *beats, may_still_boot=False):
    return [pulse.is_lost(beat, may_still_boot=may_still_boot) for beat in beats]


def test_beats_that_come_round_keep_the_cluster():
    beats = [NOW + place * INTERVAL for place in range(9)]

    assert _ask(Pulse(allowed=3), *beats) == [False] * 9


def test_three_missed_beats_give_the_cluster_up():
    assert _ask(Pulse(allowed=3, seen=NOW), NOW, NOW, NOW) == [False, False, True]


def test_a_late_beat_is_forgiven():
    pulse = Pulse(allowed=3, seen=NOW)

    assert _ask(pulse, NOW, NOW, NOW + INTERVAL, NOW + INTERVAL) == [False] * 4
    assert pulse.missed == 1


def test_a_cluster_that_is_starting_has_time_for_it():
    pulse = Pulse(allowed=3)

    assert _ask(pulse, *[None] * 9, may_still_boot=True) == [False] * 9
    assert _ask(pulse, None, None, None) == [False, False, True]


def test_a_cluster_that_has_once_worked_is_watched_at_once():
    pulse = Pulse(allowed=3)

    assert _ask(pulse, NOW, NOW, NOW, NOW, may_still_boot=True) == [False, False, False, True]


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A folder with a migrated database, made once; migrations are the slowest part."""
    folder = tmp_path_factory.mktemp("migrated")
    for words in (["migrate", "-v0"], ["createcachetable", "-v0"]):
        subprocess.run(
            [sys.executable, "-m", "django", *words],
            env=_environment(folder),
            cwd=settings.BASE_DIR,
            check=True,
        )
    return folder


def _environment(folder):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(folder),
        "SECRET_KEY": "only-for-this-test-" + "t" * 50,
        "FIELD_ENCRYPTION_KEYS": "VGVzdHMtb25seS1rZXktb2YtMzItYnl0ZXMtbG9uZyE=",
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    environment.pop("DATABASE_URL", None)
    return environment


@pytest.fixture
def supervise(migrated, tmp_path):
    """Start a supervisor in an install of its own; it and its workers end with the test."""
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    family = []

    def start():
        # A busy machine may keep a worker waiting for seconds: that is no silence yet.
        command = [sys.executable, "-m", "django", "worker", "--interval", "1", "--misses", "8"]
        supervisor = subprocess.Popen(
            command, env=_environment(tmp_path), cwd=settings.BASE_DIR, start_new_session=True
        )
        family.append(supervisor)
        return supervisor

    yield start
    for supervisor in family:
        left = _family(supervisor)
        supervisor.kill()
        supervisor.wait()
        _wait_for(lambda left=left: not _alive(left))


def _wait_for(question, *, seconds=180.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def _last_beat(folder):
    address = f"file:{folder}/store.sqlite3?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=30)) as database:
        found = database.execute("SELECT at FROM operations_heartbeat").fetchone()
    return datetime.fromisoformat(found[0]) if found else None


def _family(supervisor):
    """Everything below a supervisor; nothing of one that is gone."""
    try:
        return psutil.Process(supervisor.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _alive(family):
    """Those of a family that still run; one that waits to be buried does not."""
    alive = []
    for one in family:
        with suppress(psutil.NoSuchProcess):
            if one.is_running() and one.status() != psutil.STATUS_ZOMBIE:
                alive.append(one)
    return alive


def _idle_workers(supervisor):
    """Cluster, its sentinel, and below that one the workers, which were started first."""
    try:
        (cluster,) = psutil.Process(supervisor.pid).children()
        (sentinel,) = cluster.children()
        below = sorted(sentinel.children(), key=lambda process: process.create_time())
    except (psutil.NoSuchProcess, ValueError):
        return []  # a cluster that is coming or going
    return below[:2] if len(below) >= 4 else []


@pytest.mark.req("OPS-03")
@pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")
def test_killed_idle_workers_are_replaced_and_a_stop_ends_the_whole_family(supervise, tmp_path):
    supervisor = supervise()
    first = _wait_for(lambda: _last_beat(tmp_path))
    workers = _wait_for(lambda: _idle_workers(supervisor))

    for worker in workers:
        worker.kill()
    _wait_for(lambda: not _alive(workers))
    dead_at = datetime.now(UTC).replace(tzinfo=None)

    recovered = _wait_for(lambda: (beat := _last_beat(tmp_path)) > dead_at and beat)
    assert recovered > first
    family = _family(supervisor)
    began = time.monotonic()
    supervisor.terminate()
    assert supervisor.wait(timeout=120) == 0
    # The grace of six seconds and what a busy machine adds; without it a stop would never end.
    assert time.monotonic() - began < 30
    # They were killed before the supervisor left; how soon they are gone is up to the system.
    _wait_for(lambda: not _alive(family))


@pytest.mark.req("OPS-03")
def test_workers_do_not_outlive_a_killed_supervisor(supervise, tmp_path):
    supervisor = supervise()
    _wait_for(lambda: _last_beat(tmp_path))
    family = _wait_for(lambda: len(found := _family(supervisor)) >= 5 and found)

    supervisor.kill()
    supervisor.wait()

    _wait_for(lambda: not _alive(family))
