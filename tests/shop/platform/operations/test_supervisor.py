"""The workers are watched by what they do, not by how they look."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
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


@pytest.fixture
def store(tmp_path):
    """The environment of an install of its own, migrated."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": "only-for-this-test-" + "t" * 50,
        "FIELD_ENCRYPTION_KEYS": "VGVzdHMtb25seS1rZXktb2YtMzItYnl0ZXMtbG9uZyE=",
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    environment.pop("DATABASE_URL", None)
    for words in (["migrate", "-v0"], ["createcachetable", "-v0"]):
        subprocess.run(
            [sys.executable, "-m", "django", *words],
            env=environment,
            cwd=settings.BASE_DIR,
            check=True,
        )
    return environment


def _wait_for(question, *, seconds=120.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def _last_beat(folder):
    with closing(sqlite3.connect(f"file:{folder}/store.sqlite3?mode=ro", uri=True)) as database:
        found = database.execute("SELECT at FROM operations_heartbeat").fetchone()
    return found[0] if found else None


def _idle_workers(supervisor):
    """Cluster, its sentinel, and below that one the workers, which were started first."""
    clusters = psutil.Process(supervisor.pid).children()
    sentinels = [child for cluster in clusters for child in cluster.children()]
    below = [child for sentinel in sentinels for child in sentinel.children()]
    return sorted(below, key=lambda process: process.create_time())[:2]


@pytest.mark.req("OPS-03")
@pytest.mark.skipif(sys.platform == "win32", reason="process groups of POSIX")
def test_killed_idle_workers_are_replaced_and_a_stop_takes_less_than_ten_seconds(store, tmp_path):
    command = [sys.executable, "-m", "django", "worker", "--interval", "1", "--misses", "3"]
    supervisor = subprocess.Popen(command, env=store, cwd=settings.BASE_DIR)
    try:
        first = _wait_for(lambda: _last_beat(tmp_path))
        workers = _wait_for(lambda: len(found := _idle_workers(supervisor)) == 2 and found)

        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        killed_at = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")

        recovered = _wait_for(lambda: (beat := _last_beat(tmp_path)) > killed_at and beat)
        assert recovered > first
        family = psutil.Process(supervisor.pid).children(recursive=True)
        began = time.monotonic()
        supervisor.terminate()
        assert supervisor.wait(timeout=10) == 0
        assert time.monotonic() - began < 10
        assert not [one for one in family if one.is_running() and one.status() != "zombie"]
    finally:
        if supervisor.poll() is None:
            supervisor.kill()


@pytest.mark.req("OPS-03")
def test_workers_do_not_outlive_a_killed_supervisor(store, tmp_path):
    command = [sys.executable, "-m", "django", "worker", "--interval", "1"]
    supervisor = subprocess.Popen(command, env=store, cwd=settings.BASE_DIR)
    try:
        _wait_for(lambda: _last_beat(tmp_path))
        family = psutil.Process(supervisor.pid).children(recursive=True)
        assert len(family) >= 5
    finally:
        supervisor.kill()
        supervisor.wait()

    _wait_for(lambda: not [one for one in family if one.is_running() and one.status() != "zombie"])
