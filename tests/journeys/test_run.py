"""`make run`, as a newcomer uses it: start, look round, kill, start again, stop."""

import contextlib
import json
import os
import pty
import select
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from scripts import run
from tests.crm_sync.orgs import free_port

pytestmark = pytest.mark.contract

COLD_SECONDS, WARM_SECONDS = 300, 300
# Ten seconds are promised (tests/scripts/test_children.py holds the sum); a busy machine gets more.
STOP_SECONDS = 30
PROGRAMS = {"web": "granian", "worker": "worker", "local org": "localorg"}
ACCOUNTS = {
    "admin",
    "manager",
    "seller",
    "sales_rep",
    "service_agent",
    "warehouse",
    "auditor",
    "buyer",
    "customer",
}


class Store:
    """One `make run` with its own ports and folder."""

    def __init__(self, folder):
        self.var = folder / "var"
        self.output = folder / "output.txt"
        self.web, self.org = (f"http://127.0.0.1:{port}" for port in (free_port(), free_port()))
        self.process = None

    @property
    def environment(self):
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PORT": self.web.rpartition(":")[2],
            "ORG_PORT": self.org.rpartition(":")[2],
            "VAR_DIR": str(self.var),
            "DEMO": "small",
        }

    def child(self, name):
        """The process of this name among those that the run remembers; None while there is none."""
        with contextlib.suppress(OSError, json.JSONDecodeError):
            for pid in json.loads((self.var / "run.pids").read_text()):
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
                if any(word.endswith(PROGRAMS[name]) for word in words):
                    return int(pid)
        return None

    def start(self, seconds):
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "scripts.run"],
                cwd=run.ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + seconds
        while "Ready after" not in self.said:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.end()
                raise AssertionError(f"not ready in {seconds} s:\n{self.said}\n{self.logs}")
            time.sleep(0.1)

    @property
    def said(self):
        return self.output.read_text()

    @property
    def logs(self):
        return "\n".join(
            f"--- {path.name}\n{path.read_text()[-1500:]}"
            for path in sorted(self.var.glob("logs/*.log"))
        )

    def end(self):
        """Leave nothing behind, whatever the test did."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(15)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("run"))
    store.start(COLD_SECONDS)
    yield store
    store.end()


def _wait_for(question, *, seconds=240, problem=lambda: "waited in vain"):
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, problem()
        time.sleep(0.1)
    return answer


def _nothing_is_left(folder):
    """Whether no process names the folder of a run any more; the killed take a moment to go."""

    def is_empty():
        found = subprocess.run(["pgrep", "-f", str(folder)], capture_output=True, text=True)
        return found.stdout.split() == []

    return _wait_for(is_empty)


def _get(url):
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.status, response.read().decode()


def _answers(url):
    try:
        return _get(url)[0] == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.req("OPS-01")
def test_one_command_brings_up_store_worker_and_org(store):
    assert _get(f"{store.web}/healthz")[0] == 200
    assert _get(f"{store.web}/readyz")[0] == 200
    assert _get(f"{store.org}/services/data")[0] == 200
    status, page = _get(f"{store.web}/")
    assert status == 200
    assert "data-amount" in page


@pytest.mark.req("SEC-09")
def test_the_sign_ins_are_random_and_for_their_owner_only(store):
    path = store.var / "demo.json"
    demo = json.loads(path.read_text())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (demo["web"], demo["org"]) == (store.web, store.org)
    assert set(demo["accounts"]) == ACCOUNTS
    assert set(demo["org_client"]) == {"client_id", "client_secret", "username", "password"}
    assert set(demo["api_keys"]) == {"admin", "storefront"}
    passwords = [account["password"] for account in demo["accounts"].values()]
    assert len(set(passwords)) == len(passwords)
    assert min(map(len, passwords)) >= 12


def test_a_second_start_on_the_same_folder_is_refused(store):
    second = Store(store.var.parent)
    second.var, second.output = store.var, store.var.parent / "second.txt"

    with pytest.raises(AssertionError, match="another run uses"):
        second.start(COLD_SECONDS)

    assert _answers(f"{store.web}/healthz")


def test_taken_ports_are_named_and_nothing_is_left_behind(store, tmp_path):
    second = Store(tmp_path)
    second.web = store.web

    with pytest.raises(AssertionError, match=f"port {store.web.rpartition(':')[2]} is taken; set"):
        second.start(COLD_SECONDS)

    assert second.process.returncode == 1
    assert _nothing_is_left(second.var)
    assert _answers(f"{store.web}/healthz")


@pytest.mark.req("OPS-03")
@pytest.mark.parametrize("victim", ["web", "worker", "local org"])
def test_a_killed_process_is_started_again_and_said_so(store, victim):
    pid = store.child(victim)

    os.kill(pid, signal.SIGKILL)

    _wait_for(lambda: f"{victim} ended unexpectedly; starting it again" in store.said)
    _wait_for(lambda: store.child(victim) not in {pid, None})
    _wait_for(lambda: _answers(f"{store.web}/readyz") and _answers(f"{store.org}/services/data"))


@pytest.mark.req("OPS-03", "OPS-17")
def test_after_a_kill_the_next_start_works_and_sigterm_stops_all(store):
    os.kill(store.process.pid, signal.SIGKILL)
    store.process.wait()

    store.start(WARM_SECONDS)

    assert "processes of a run that was killed" in store.said
    assert _answers(f"{store.web}/readyz")
    began = time.monotonic()
    store.process.send_signal(signal.SIGTERM)
    assert store.process.wait(STOP_SECONDS + 5) == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert not _answers(f"{store.web}/healthz")
    assert not _answers(f"{store.org}/services/data")
    assert _nothing_is_left(store.var)


@pytest.mark.req("OPS-17")
def test_ctrl_c_on_a_terminal_stops_all_and_make_ends_well(store, tmp_path):
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@exec {sys.executable} -m scripts.run\n")
    make, terminal = pty.fork()
    if make == 0:
        os.chdir(run.ROOT)
        os.execvpe("make", ["make", "-f", str(makefile), "run"], store.environment)  # noqa: S606
    said = b""

    def is_said(words):
        nonlocal said
        with contextlib.suppress(OSError):  # the terminal is closed when its last process ends
            while select.select([terminal], [], [], 0)[0]:
                said += os.read(terminal, 4096)
        return words in said

    _wait_for(lambda: is_said(b"Ctrl-C stops everything"), problem=lambda: said.decode())
    began = time.monotonic()
    os.write(terminal, b"\x03")

    def end_of_make():
        is_said(b"")  # who does not listen keeps others from talking, and from ending
        pid, status = os.waitpid(make, os.WNOHANG)
        return pid and (pid, status)

    _pid, status = _wait_for(end_of_make)
    assert os.waitstatus_to_exitcode(status) == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert is_said(b"stopping")
    os.close(terminal)
    rest = said.partition(b"Ctrl-C stops everything")[2]
    assert b"Error" not in rest
    assert b"Traceback" not in rest
    assert not _answers(f"{store.web}/healthz")
    assert _nothing_is_left(store.var)
