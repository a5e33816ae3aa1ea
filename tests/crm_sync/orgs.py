"""A local org in its own process, as tests see it: addresses, switches, records."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
# Below those that the system gives to outgoing calls: nobody else takes one in the meantime.
_PORTS = (20_000, 32_000)
_candidates = count(_PORTS[0] + os.getpid() * 97 % 11_000)


def free_port() -> int:
    """A port that nobody uses; this process never hands it out twice."""
    first, last = _PORTS
    for candidate in _candidates:
        port = first + candidate % (last - first)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("No port is free")


@dataclass
class OrgProcess:
    """One running org."""

    port: int
    folder: Path
    metadata: Path | None = None
    process: subprocess.Popen | None = None
    token: str = ""
    credentials: dict = field(default_factory=dict)
    options: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "OrgProcess":
        environment = {
            name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
        }
        command = [sys.executable, "manage.py", "localorg", "--port", str(self.port)]
        command += ["--data", str(self.folder), *self.options]
        if self.metadata:
            command += ["--metadata", str(self.metadata)]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                requests.get(f"{self.url}/services/data", timeout=10)
            except requests.RequestException:
                time.sleep(0.1)
            else:
                self.credentials = json.loads((self.folder / "credentials.json").read_text())
                return self
        status = self.process.poll()
        self.stop()
        raise RuntimeError(f"The local org did not start (exit status {status})")

    @property
    def private_key(self) -> str:
        """The key with which applications sign in by JWT."""
        return (self.folder / self.credentials["jwt_private_key"]).read_text()

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def switch(self, method: str, path: str, body=None):
        answer = requests.request(method, f"{self.url}/_local/{path}", json=body, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def reset(self) -> None:
        self.switch("DELETE", "faults")
        self.switch("POST", "reset")
        self.token = ""

    def faults(self, *faults) -> None:
        self.switch("POST", "faults", list(faults))

    def clear_faults(self) -> None:
        self.switch("DELETE", "faults")

    def limits(self, daily: int) -> None:
        self.switch("POST", "limits", {"DailyApiRequests": daily})

    def stats(self) -> dict:
        return self.switch("GET", "stats")

    def bearer(self) -> dict[str, str]:
        if not self.token:
            answer = requests.post(
                f"{self.url}/services/oauth2/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": self.credentials["client_id"],
                    "client_secret": self.credentials["client_secret"],
                },
                timeout=10,
            )
            self.token = answer.json()["access_token"]
        return {"Authorization": f"Bearer {self.token}"}

    def call(self, method: str, path: str, **request) -> requests.Response:
        return requests.request(
            method,
            f"{self.url}/services/data/v67.0/{path}",
            headers=self.bearer(),
            timeout=30,
            **request,
        )

    def query(self, soql: str) -> list[dict]:
        """Rows of a query, without the attributes that only clients want."""
        answer = self.call("GET", "query", params={"q": soql})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        rows = found["records"]
        while not found["done"]:
            found = requests.get(
                self.url + found["nextRecordsUrl"], headers=self.bearer(), timeout=30
            ).json()
            rows += found["records"]
        return [_bare(row) for row in rows]

    def create(self, sobject: str, **fields) -> str:
        answer = self.call("POST", f"sobjects/{sobject}", json=fields)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


def _bare(row):
    if isinstance(row, list):
        return [_bare(item) for item in row]
    if not isinstance(row, dict):
        return row
    return {name: _bare(value) for name, value in row.items() if name != "attributes"}
