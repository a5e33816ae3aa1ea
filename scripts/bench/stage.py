"""A store to measure: database, folder and server processes that end with the measurement."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from scripts import children, embedded_postgres
from scripts.run import WEB_PROCESSES, WEB_THREADS

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
HOST = "127.0.0.1"
START_SECONDS = 90.0


@dataclass
class Stage:
    """One install of the store, with the environment that all its processes share."""

    database: str
    var: Path
    environment: dict[str, str]
    family: list[children.Child] = field(default_factory=list)

    def python(self, module: str, *arguments: str) -> dict[str, Any]:
        """Run one of our modules in this store; its last line is its answer."""
        return self._answer([sys.executable, "-m", module, *arguments])

    def manage(self, *arguments: str) -> dict[str, Any]:
        """Run a command for admins with `--json`."""
        return self._answer([sys.executable, "manage.py", *arguments, "--json"])

    def _answer(self, command: list[str]) -> dict[str, Any]:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode not in {0, 3}:  # 3: done, some rows were rejected
            raise RuntimeError(f"{' '.join(command[1:])} ended with {done.returncode}")
        lines = done.stdout.strip().splitlines()
        answer: dict[str, Any] = json.loads(lines[-1]) if lines else {}
        return answer

    def start(self, name: str, command: list[str], url: str = "") -> children.Child:
        """Start a process of this store and wait until its address answers."""
        child = children.Child(name, command, self.environment, self.var / "logs" / f"{name}.log")
        child.start()
        self.family.append(child)
        deadline = time.monotonic() + START_SECONDS
        while url and not answers(url):
            if not child.is_running or time.monotonic() > deadline:
                raise RuntimeError(f"{name} did not start:\n{child.tail()}")
            time.sleep(0.1)
        return child

    def start_web(self) -> str:
        """Two server processes, as in production; answers the address."""
        port = free_port()
        command = [
            *(str(BIN / "granian"), "--interface", "wsgi", "config.wsgi:application"),
            *("--host", HOST, "--port", str(port), "--workers", WEB_PROCESSES),
            *("--blocking-threads", WEB_THREADS, "--working-dir", str(ROOT)),
            *("--log-level", "error", "--respawn-failed-workers"),
        ]
        url = f"http://{HOST}:{port}"
        self.start("web", command, f"{url}/healthz")
        return url

    def start_org(self) -> str:
        """A local org, with its sign-in handed to all processes that start after it."""
        port, data = free_port(), self.var / "org"
        metadata = ROOT / "crm_sync" / "metadata"
        command = [
            *(sys.executable, "manage.py", "localorg", "--port", str(port)),
            *("--data", str(data), "--metadata", str(metadata)),
        ]
        url = f"http://{HOST}:{port}"
        self.start("org", command, f"{url}/services/data")
        client = json.loads((data / "credentials.json").read_text())
        self.environment |= {
            "SALESFORCE_LOGIN_URL": url,
            "SALESFORCE_AUTH": "client_credentials",
            "SALESFORCE_CLIENT_ID": client["client_id"],
            "SALESFORCE_CLIENT_SECRET": client["client_secret"],
        }
        return url

    def start_worker(self) -> None:
        """The background jobs."""
        self.start("worker", [sys.executable, "manage.py", "worker"])


def free_port() -> int:
    """A port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def store(database: str) -> Iterator[Stage]:
    """A migrated store with the small demo data, on PostgreSQL or SQLite."""
    var = Path(tempfile.mkdtemp(prefix=f"bench-{database}-"))
    environment = {
        **os.environ,
        "VAR_DIR": str(var),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "HTTPS": "off",
        "DEMO": "small",
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
        "PROMETHEUS_MULTIPROC_DIR": str(var / "metrics"),
    }
    (var / "metrics").mkdir()
    environment.pop("DATABASE_URL", None)
    if database == "postgres":
        given = os.environ.get("BENCH_DATABASE_URL")
        environment["DATABASE_URL"] = given or embedded_postgres.start()
    stage = Stage(database, var, environment)
    try:
        collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
        subprocess.run(collect, cwd=ROOT, env=environment, check=True)
        prepare = [sys.executable, "-m", "scripts.prepare", "small"]
        subprocess.run(prepare, cwd=ROOT, env=environment, check=True)
        yield stage
    finally:
        children.stop_all(stage.family)
        shutil.rmtree(var, ignore_errors=True)
