"""`make run`: web, worker and local org on one machine, ready to be tried.

Everything it writes is below VAR_DIR, so two runs with other ports and folders do not meet.
"""

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from scripts import children

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LOOPBACK = "127.0.0.1"
SIZES = ("full", "small", "empty")
READY_SECONDS = 90.0
WEB_PROCESSES = "2"
# Threads of one process take turns: two keep a core busy while one waits for the database, and
# more only get in each other's way (purchases a second with 4, 2 and 1: 36, 44, 53).
WEB_THREADS = "2"
WEB_MAX_MB = "600"
BIGGEST_LOG = 5_000_000
FIGURES = "metrics"
ORG_CLIENT = ("client_id", "client_secret", "username", "password")


class CannotStart(Exception):
    """Something a person must put right first; the message says what."""


class Interrupted(Exception):
    """Ctrl-C or SIGTERM."""


@dataclass(frozen=True)
class Plan:
    """Where this run listens and writes."""

    host: str
    port: int
    org_port: int
    var: Path
    size: str

    @property
    def web_url(self) -> str:
        """The address a person opens."""
        return f"http://{self.host if self.host != '0.0.0.0' else LOOPBACK}:{self.port}"  # noqa: S104

    @property
    def org_url(self) -> str:
        """The address of the local org."""
        return f"http://{LOOPBACK}:{self.org_port}"


def read_plan(environment: dict[str, str]) -> Plan:
    """Read the few variables that `make run` knows."""
    size = environment.get("DEMO") or "full"
    if size not in SIZES:
        raise CannotStart(f"DEMO is {size!r}; it may be {', '.join(SIZES)}")
    var = Path(environment.get("VAR_DIR") or "var")
    try:
        port, org_port = (
            int(environment.get(name) or default)
            for name, default in (("PORT", "8000"), ("ORG_PORT", "8001"))
        )
    except ValueError as error:
        raise CannotStart("PORT and ORG_PORT must be numbers") from error
    host = environment.get("HOST") or LOOPBACK
    return Plan(host, port, org_port, var if var.is_absolute() else ROOT / var, size)


def lock(var: Path) -> IO[str]:
    """Keep a second run off the same folder; the lock ends with this process, however it ends."""
    handle = (var / "run.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CannotStart(f"another run uses {var}; stop it or set VAR_DIR") from error
    return handle


def require_free(host: str, port: int, variable: str) -> None:
    """Say plainly which port is taken, before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(f"port {port} is taken; set {variable} to another") from error


def write_secrets(path: Path) -> None:
    """Draw the secrets of this install once, readable by its owner only."""
    if path.exists():
        return
    fernet_key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    write_private(
        path, f"SECRET_KEY={secrets.token_urlsafe(64)}\nFIELD_ENCRYPTION_KEYS={fernet_key}\n"
    )


def write_private(path: Path, text: str) -> None:
    """Write a whole file or none, with mode 600 from its first moment."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    fresh.replace(path)


def child_environment(plan: Plan) -> dict[str, str]:
    """What every child is told; what the user exported wins."""
    environment = {
        "HTTPS": "off",
        "ALLOWED_HOSTS": f"{LOOPBACK},localhost,{plan.host}",
        "SITE_URL": plan.web_url,
        "ORG_URL": plan.org_url,
        "PYTHONUNBUFFERED": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(plan.var / FIGURES),
        **os.environ,
    }
    environment.update(VAR_DIR=str(plan.var), DEMO=plan.size, PYTHONPATH=str(ROOT))
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    return environment


def salesforce_environment(plan: Plan) -> dict[str, str]:
    """Lead the sync to the local org, unless the user named another one."""
    if any(name.startswith("SALESFORCE_") for name in os.environ):
        return {}
    client = org_client(plan)
    return {
        "SALESFORCE_LOGIN_URL": plan.org_url,
        "SALESFORCE_AUTH": "client_credentials",
        "SALESFORCE_CLIENT_ID": client["client_id"],
        "SALESFORCE_CLIENT_SECRET": client["client_secret"],
    }


def org_client(plan: Plan) -> dict[str, str]:
    """The sign-in that the local org made for itself."""
    found: dict[str, str] = json.loads((plan.var / "org" / "credentials.json").read_text())
    return {name: found[name] for name in ORG_CLIENT}


def answers(url: str) -> bool:
    """Whether this address answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=3) as response:  # noqa: S310 - our own http address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_for(child: children.Child, ready: Callable[[], bool]) -> None:
    """Wait until a child is ready; show its log when it died or took too long."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if not child.is_running:
            raise CannotStart(f"{child.name} ended at once:\n{child.tail()}")
        if ready():
            return
        time.sleep(0.25)
    raise CannotStart(f"{child.name} did not answer in {READY_SECONDS:.0f} s:\n{child.tail()}")


def run_step(name: str, command: list[str], environment: dict[str, str]) -> None:
    """Run one step to its end; its output goes through."""
    if subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL).returncode:
        raise CannotStart(f"{name} failed; the lines above say why")


def static_fingerprint() -> str:
    """Changes when a static file or an installed package does."""
    digest = hashlib.sha256((ROOT / "requirements" / "run.txt").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            facts = path.stat()
            digest.update(f"{path.relative_to(ROOT)} {facts.st_size} {facts.st_mtime_ns}".encode())
    return digest.hexdigest()


def collect_static(plan: Plan, environment: dict[str, str]) -> subprocess.Popen[bytes] | None:
    """Start to collect static files beside the other steps, when they changed."""
    stamp = plan.var / "static.stamp"
    if stamp.exists() and stamp.read_text() == static_fingerprint():
        return None
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)


def finish_static(plan: Plan, collecting: subprocess.Popen[bytes] | None) -> None:
    """Wait for the static files and remember what they were made of."""
    if collecting is None:
        return
    if collecting.wait():
        raise CannotStart("collecting the static files failed; the lines above say why")
    (plan.var / "static.stamp").write_text(static_fingerprint())


def publish_demo(plan: Plan) -> Path:
    """Complete demo.json with what only this run knows: its addresses and the org's client."""
    path = plan.var / "demo.json"
    facts: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    facts |= {"web": plan.web_url, "org": plan.org_url, "org_client": org_client(plan)}
    write_private(path, json.dumps(facts, indent=2) + "\n")
    return path


def make_children(plan: Plan, environment: dict[str, str]) -> dict[str, children.Child]:
    """The three processes of the product."""
    manage = [sys.executable, str(ROOT / "manage.py")]
    org = ["--port", str(plan.org_port), "--data", str(plan.var / "org")]
    web = [
        *(str(BIN / "granian"), "--interface", "wsgi", "config.wsgi:application"),
        *("--host", plan.host, "--port", str(plan.port), "--workers", WEB_PROCESSES),
        *("--blocking-threads", WEB_THREADS, "--workers-max-rss", WEB_MAX_MB),
        *("--respawn-failed-workers", "--workers-kill-timeout", "5"),
        *("--working-dir", str(ROOT), "--log-level", "warning"),
    ]
    commands = {
        "local org": [*manage, "localorg", *org, "--metadata", str(ROOT / "crm_sync" / "metadata")],
        "web": web,
        "worker": [*manage, "worker"],
    }
    logs = plan.var / "logs"
    return {
        name: children.Child(name, command, environment, logs / f"{name.replace(' ', '-')}.log")
        for name, command in commands.items()
    }


def make_room_for_figures(plan: Plan) -> None:
    """Where the server processes add up what they count; each run begins at nothing."""
    folder = plan.var / FIGURES
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def start_all(plan: Plan, family: dict[str, children.Child], pids: Path) -> None:
    """Bring everything up in the order in which one needs the other."""
    environment = child_environment(plan)
    make_room_for_figures(plan)
    require_free(plan.host, plan.port, "PORT")
    require_free(LOOPBACK, plan.org_port, "ORG_PORT")
    family |= make_children(plan, environment)
    for child in family.values():
        if child.log.exists() and child.log.stat().st_size > BIGGEST_LOG:
            child.log.replace(child.log.with_suffix(".log.1"))
    org = family["local org"]
    org.start()
    children.remember(pids, list(family.values()))
    collecting = collect_static(plan, environment)
    try:
        wait_for(org, lambda: answers(f"{plan.org_url}/services/data"))
        environment.update(salesforce_environment(plan))
        prepare = [sys.executable, "-m", "scripts.prepare", plan.size]
        run_step("preparing the database", prepare, environment)
        finish_static(plan, collecting)
    except BaseException:
        if collecting is not None:
            collecting.kill()
        raise
    for name in ("web", "worker"):
        family[name].start()
    children.remember(pids, list(family.values()))
    wait_for(family["web"], lambda: answers(f"{plan.web_url}/healthz"))
    wait_for(family["worker"], lambda: answers(f"{plan.web_url}/readyz"))


def watch(family: dict[str, children.Child], pids: Path) -> None:
    """Start again what died; give up on what keeps dying."""
    while True:
        for child in family.values():
            if child.is_running:
                continue
            if child.keeps_failing:
                raise CannotStart(f"{child.name} keeps ending:\n{child.tail()}")
            print(f"{child.name} ended unexpectedly; starting it again", flush=True)
            if child.process is not None:
                children.signal_group(child.process.pid, signal.SIGKILL)
            child.start()
            children.remember(pids, list(family.values()))
        time.sleep(0.5)


def announce(plan: Plan, demo: Path, began: float) -> None:
    """Tell a newcomer where everything is."""
    print(
        f"\nReady after {time.monotonic() - began:.0f} s.\n"
        f"  store      {plan.web_url}/\n"
        f"  admin      {plan.web_url}/admin/\n"
        f"  reports    {plan.web_url}/reports/\n"
        f"  API        {plan.web_url}/api/docs/\n"
        f"  Salesforce {plan.org_url}/   (the local org)\n"
        f"  sign-ins   {demo}\n"
        f"  logs       {plan.var / 'logs'}\n"
        "Ctrl-C stops everything.",
        flush=True,
    )


def _interrupt(_number: int, _frame: object) -> None:
    # From here on further signals change nothing: the stop is under way.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted


@contextlib.contextmanager
def in_front_of_terminal() -> Iterator[None]:
    """Take the keyboard's Ctrl-C for ourselves alone.

    Otherwise `make` gets it too and ends with an error, although everything stopped as it should.
    """
    terminal = 0
    if not os.isatty(terminal) or os.tcgetpgrp(terminal) != os.getpgrp():
        yield
        return
    for number in (signal.SIGTTOU, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    before = os.getpgrp()
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(terminal, before)


def main() -> int:
    """Start everything, with the terminal's Ctrl-C coming here."""
    with in_front_of_terminal():
        return run()


def run() -> int:
    """Start, watch, and stop cleanly on Ctrl-C or SIGTERM."""
    began = time.monotonic()
    family: dict[str, children.Child] = {}
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    pids: Path | None = None
    try:
        plan = read_plan(dict(os.environ))
        plan.var.mkdir(parents=True, exist_ok=True)
        held = lock(plan.var)
        pids = plan.var / "run.pids"
        if left := children.sweep(pids):
            print(f"ended {left} processes of a run that was killed", flush=True)
        write_secrets(plan.var / "secrets.env")
        start_all(plan, family, pids)
        announce(plan, publish_demo(plan), began)
        watch(family, pids)
        held.close()
    except Interrupted:
        print("\nstopping", flush=True)
        return 0
    except CannotStart as problem:
        print(f"make run: {problem}", file=sys.stderr, flush=True)
        return 1
    finally:
        children.stop_all(list(family.values()))
        if pids is not None:
            pids.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
