"""A plain HTTP server that answers as a test says: an org of which we know nothing else."""

import http.server
import json
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from crm_sync.client.sign_in import Credentials

ORGANIZATION = "00D000000000001EAA"
USER = "005000000000001AAA"
JSON = {"Content-Type": "application/json"}


@dataclass
class Canned:
    """One answer."""

    status: int = 200
    body: object = None
    headers: dict = field(default_factory=dict)
    is_cut: bool = False
    seconds_between: float = 0.0

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return b"" if self.body is None else json.dumps(self.body).encode()


class StubOrg:
    """Answers the given answers one after the other, the last one for ever; signs everybody in."""

    def __init__(self) -> None:
        self.answers: list[Canned] = [Canned(body={})]
        self.tokens: list[Canned] = []
        self.requests: list[tuple[str, str, dict, bytes]] = []
        self.sign_ins = 0
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.stub = self  # type: ignore[attr-defined]  # a note for its handler
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def credentials(self, **changes) -> Credentials:
        facts = {"login_url": self.url, "flow": "client_credentials", "client_id": "a"}
        return Credentials(**{**facts, "client_secret": "b", **changes})

    def script(self, *answers: Canned) -> None:
        self.answers = list(answers)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def token(self) -> Canned:
        self.sign_ins += 1
        if self.tokens:
            return self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]
        facts = {
            "access_token": f"00D!{self.sign_ins}",
            "instance_url": self.url,
            "id": f"{self.url}/id/{ORGANIZATION}/{USER}",
        }
        return Canned(body=facts)

    def answer(self) -> Canned:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _handle(self):
        stub = self.server.stub
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/services/oauth2/token"):
            return self._write(stub.token())
        stub.requests.append((self.command, self.path, dict(self.headers), sent))
        return self._write(stub.answer())

    do_GET = do_POST = do_PATCH = _handle  # noqa: N815 - names of the base class

    def _write(self, canned: Canned) -> None:
        content = canned.content()
        self.send_response(canned.status)
        for name, value in {**JSON, **canned.headers}.items():
            self.send_header(name, value)
        if canned.status != 204:
            self.send_header("Content-Length", str(len(content) + 100 * canned.is_cut))
        self.end_headers()
        self.close_connection = self.close_connection or canned.is_cut
        if canned.seconds_between:
            self._drip(content, canned.seconds_between)
        else:
            self.wfile.write(content)

    def _drip(self, content: bytes, seconds: float) -> None:
        with suppress(OSError):  # the client gave up
            for letter in content:
                self.wfile.write(bytes([letter]))
                self.wfile.flush()
                time.sleep(seconds)

    def log_message(self, *args):
        pass


@contextmanager
def stub_org():
    """A stub for the block."""
    stub = StubOrg()
    try:
        yield stub
    finally:
        stub.stop()
