import signal
import subprocess
import sys
import time

import pytest

from scripts import children

PATIENCE = 60
OBEDIENT = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('deaf', flush=True); time.sleep(60)"
)
PARENT = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(child.pid, flush=True); time.sleep(60)"
)


@pytest.fixture
def start(tmp_path):
    """Start a child that runs a line of Python; whatever is left ends with the test."""
    family = []

    def begin(code, name="child"):
        log = tmp_path / f"{name}-{len(family)}.log"
        child = children.Child(name, [sys.executable, "-c", code], {}, log)
        child.start()
        family.append(child)
        return child

    yield begin
    for child in family:
        children.signal_group(child.process.pid, signal.SIGKILL)
        child.process.wait()


def _wait_for_output(child):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if text := child.log.read_text().strip():
            return text
        time.sleep(0.02)
    raise AssertionError("the child wrote nothing")


def _lives(pid):
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return state.stdout.strip() != "" and not state.stdout.startswith("Z")


def test_children_that_obey_are_waited_for_no_longer_than_they_take(start, monkeypatch):
    monkeypatch.setattr(children, "STOP_SECONDS", PATIENCE)
    family = [start(OBEDIENT), start(OBEDIENT)]

    began = time.monotonic()
    children.stop_all(family)

    assert time.monotonic() - began < PATIENCE
    assert [child.process.returncode for child in family] == [-signal.SIGTERM, -signal.SIGTERM]


def test_a_child_that_does_not_listen_is_ended_within_ten_seconds(start, monkeypatch):
    monkeypatch.setattr(children, "STOP_SECONDS", 0.5)
    stubborn = start(STUBBORN)
    _wait_for_output(stubborn)

    children.stop_all([stubborn])

    assert not stubborn.is_running


def test_the_longest_stop_stays_below_the_promised_ten_seconds():
    assert children.STOP_SECONDS + children.KILL_SECONDS < 10


def test_what_a_child_started_goes_with_it(start):
    parent = start(PARENT)
    grandchild = int(_wait_for_output(parent))

    children.stop_all([parent])

    deadline = time.monotonic() + PATIENCE
    while _lives(grandchild) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(grandchild)


def test_a_start_ends_what_a_killed_run_left_behind(start, tmp_path, monkeypatch):
    monkeypatch.setattr(children, "STOP_SECONDS", 0.3)
    left = start(OBEDIENT)
    children.remember(tmp_path / "pids", [left])

    assert children.sweep(tmp_path / "pids") == 1

    assert not left.is_running
    assert not (tmp_path / "pids").exists()


def test_a_start_spares_a_process_that_only_has_an_old_number(start, tmp_path):
    stranger = start(OBEDIENT)
    (tmp_path / "pids").write_text(f'{{"{stranger.process.pid}": "Sat Jan  1 00:00:00 2000"}}')

    assert children.sweep(tmp_path / "pids") == 0

    assert stranger.is_running


def test_a_torn_note_of_a_killed_run_stops_no_start(tmp_path):
    (tmp_path / "pids").write_text('{"12')

    assert children.sweep(tmp_path / "pids") == 0


def test_a_child_that_keeps_ending_is_given_up(start, monkeypatch):
    monkeypatch.setattr(children, "RESTART_WINDOW", 600.0)
    child = start("raise SystemExit(3)")
    for _ in range(children.MOST_RESTARTS):
        assert not child.keeps_failing
        child.process.wait()
        child.start()

    assert child.keeps_failing
