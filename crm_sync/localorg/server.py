"""A small threading HTTP/1.1 server: keep-alive, chunked uploads, and a way to hang up."""

import io
import logging
import socket
import socketserver
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from crm_sync.localorg import reading
from crm_sync.localorg.bodies import MOST
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import refusal
from crm_sync.localorg.reading import BadRequest

LOG = logging.getLogger(__name__)
IDLE_SECONDS = 120
LINGER_SECONDS = 5.0
REASONS = {status.value: status.phrase for status in HTTPStatus}
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Connection(socketserver.StreamRequestHandler):
    """Serves the requests of one connection, one after the other."""

    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: "Server"

    def handle(self) -> None:
        """Serve until somebody hangs up."""
        try:
            while self._one():
                pass
        except BadRequest as error:
            self._refuse(error)
            self._linger()
        except (TimeoutError, ConnectionError, OSError):
            LOG.debug("A connection ended early")

    def _refuse(self, error: BadRequest) -> None:
        reason = REASONS.get(error.status, "Unknown")
        content = refusal(SalesforceError(error.code, error.message or reason)).body()
        fields = [("Content-Type", "application/json;charset=UTF-8")]
        self._send(_head(f"{error.status} {reason}", fields, len(content), keep=False) + content)

    def _linger(self) -> None:
        """Let the client finish what it is sending: a reset would take its answer away."""
        deadline = time.monotonic() + LINGER_SECONDS
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(LINGER_SECONDS)
            while self.connection.recv(1 << 16) and time.monotonic() < deadline:
                pass

    def _send(self, content: bytes) -> None:
        try:
            self.wfile.write(content)
            self.wfile.flush()
        except OSError:
            LOG.debug("The client did not wait for its answer")

    def _one(self) -> bool:
        asked = reading.request_line(self.rfile)
        if asked is None:
            return False
        method, target, protocol = asked
        headers = reading.read_headers(self.rfile)
        with_files = reading.has_files(target, headers)
        if reading.check_head(headers, with_files=with_files):
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
        body, upload = b"", None
        if with_files:
            upload = reading.put_aside(self.rfile, headers, self.server.folder)
        else:
            body = reading.read_body(self.rfile, headers)
        environ = self._environ(method, _origin_form(target), headers, body)
        if upload is not None:
            upload.file.seek(0)
            environ["localorg.upload"], environ["wsgi.input"] = upload, upload.file
            environ["CONTENT_LENGTH"] = str(min(upload.size, MOST))
        return self._respond(environ, keep=_keeps_alive(protocol, headers))

    def _respond(self, environ: Environ, *, keep: bool) -> bool:
        method = environ["REQUEST_METHOD"]
        started: list[Any] = []

        def start(status: str, fields: list[tuple[str, str]], _error: object = None) -> None:
            started[:] = [status, fields]

        try:
            result = self.server.application(environ, start)
        except Exception:
            LOG.exception("The org failed on %s %s", method, environ["localorg.path"])
            raise BadRequest(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.") from None
        try:
            length = _length(started[1])
            if length is not None:
                self.wfile.write(_head(started[0], started[1], length, keep=keep))
                for piece in result if method != "HEAD" else ():
                    self.wfile.write(piece)
                return keep
            content = b"".join(result)
        finally:
            close = getattr(result, "close", None)
            if close is not None:
                close()
        if environ.get("localorg.drop"):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return False
        self._send(_head(started[0], started[1], len(content), keep=keep) + _shown(method, content))
        return keep

    def _environ(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Environ:
        path, _, query = target.partition("?")
        host = headers.get("host", "") or f"127.0.0.1:{self.server.server_address[1]}"
        environ: Environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": host.split(":")[0],
            "SERVER_ADDR": self.connection.getsockname()[0],
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "localorg.path": path,
            "localorg.body": body,
            "localorg.headers": headers,
        }
        for name, value in headers.items():
            if name not in {"content-type", "content-length"}:
                environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        environ["HTTP_HOST"] = host
        return environ


def _length(fields: list[tuple[str, str]]) -> int | None:
    """Return how long an answer is that is sent piece by piece."""
    found = [value for name, value in fields if name.lower() == "content-length"]
    return int(found[0]) if found else None


def _shown(method: str, content: bytes) -> bytes:
    return b"" if method == "HEAD" else content


def _keeps_alive(protocol: str, headers: dict[str, str]) -> bool:
    wishes = {each.strip() for each in headers.get("connection", "").lower().split(",")}
    return "keep-alive" in wishes if protocol == "HTTP/1.0" else "close" not in wishes


def _origin_form(target: str) -> str:
    """Return the address without the host that clients of a proxy put before it."""
    if not target.lower().startswith(("http://", "https://")):
        return target
    try:
        return urlsplit(target)._replace(scheme="", netloc="").geturl() or "/"
    except ValueError as error:
        raise BadRequest(400) from error


def _head(status: str, fields: list[tuple[str, str]], length: int, *, keep: bool) -> bytes:
    lines = [f"HTTP/1.1 {status}"]
    lines += [f"{name}: {value}" for name, value in fields if name.lower() != "content-length"]
    if not status.startswith(("204", "304")):
        lines.append(f"Content-Length: {length}")
    lines.append(f"Connection: {'keep-alive' if keep else 'close'}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


class Server(socketserver.ThreadingTCPServer):
    """Listens, and gives every connection a thread."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 1024

    def __init__(
        self, address: tuple[str, int], application: Application, folder: Path | None = None
    ) -> None:
        self.application = application
        self.folder = folder
        super().__init__(address, Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Log a failure instead of printing it."""
        LOG.error("Serving %s failed", client_address)
