"""A small threading HTTP/1.1 server: keep-alive, chunked uploads, and a way to hang up."""

import io
import logging
import socket
import socketserver
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from crm_sync.localorg import bodies
from crm_sync.localorg.bodies import MOST, Upload

LOG = logging.getLogger(__name__)
MAX_LINE = 65_536
MAX_HEADERS = 200
MAX_BODY = 160 * 1024 * 1024
SERVICES = "/services/"
MAX_DRAINED = 4 << 30
PIECE = 1 << 20
IDLE_SECONDS = 120
REASONS = {status.value: status.phrase for status in HTTPStatus}
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class BadRequest(Exception):
    """A request that cannot be understood."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def read_line(stream: io.BufferedIOBase) -> bytes:
    """Read one line of a request's head."""
    line = stream.readline(MAX_LINE + 1)
    if len(line) > MAX_LINE:
        raise BadRequest(431)
    return line.rstrip(b"\r\n")


def read_headers(stream: io.BufferedIOBase) -> dict[str, str]:
    """Read the header lines; a name given twice is joined."""
    headers: dict[str, str] = {}
    total = 0
    for _ in range(MAX_HEADERS):
        line = read_line(stream)
        if not line:
            return headers
        total += len(line)
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or total > MAX_LINE:
            raise BadRequest(431 if total > MAX_LINE else 400)
        key = name.strip().lower()
        value = value.strip()
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    raise BadRequest(431)


def _chunks(stream: io.BufferedIOBase) -> Iterator[bytes]:
    while True:
        try:
            size = int(read_line(stream).split(b";")[0], 16)
        except ValueError as error:
            raise BadRequest(400) from error
        if size == 0:
            while read_line(stream):
                pass
            return
        yield from _exactly(stream, size)
        read_line(stream)


def _exactly(stream: io.BufferedIOBase, size: int) -> Iterator[bytes]:
    while size > 0:
        piece = stream.read(min(size, PIECE))
        if not piece:
            raise BadRequest(400)
        size -= len(piece)
        yield piece


def _pieces(stream: io.BufferedIOBase, headers: dict[str, str], most: int) -> Iterator[bytes]:
    """Return a body of either kind piece by piece; one that is too large is refused."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        found = _chunks(stream)
    else:
        length = headers.get("content-length", "0")
        if not length.isdigit():
            raise BadRequest(400)
        if int(length) > most:
            raise BadRequest(413)
        found = _exactly(stream, int(length))
    total = 0
    for piece in found:
        total += len(piece)
        if total > most:
            raise BadRequest(413)
        yield piece


def read_body(stream: io.BufferedIOBase, headers: dict[str, str]) -> bytes:
    """Read a body into memory."""
    return b"".join(_pieces(stream, headers, MAX_BODY))


def put_aside(stream: io.BufferedIOBase, headers: dict[str, str], folder: Path | None) -> Upload:
    """Read a body with files into a file that nobody else sees; what is too much is left out."""
    # It lives as long as the request; the garbage collector closes it.
    file = tempfile.SpooledTemporaryFile(max_size=PIECE, dir=str(folder) if folder else None)  # noqa: SIM115
    size = 0
    for piece in _pieces(stream, headers, MAX_DRAINED):
        size += len(piece)
        if size <= MOST:
            file.write(piece)
    return Upload(file, size)  # type: ignore[arg-type]


def has_files(target: str, headers: dict[str, str]) -> bool:
    """Say whether a body holds the files of records, from a client or from a page."""
    is_plain = not headers.get("content-encoding")
    is_multipart = bodies.is_multipart(headers.get("content-type", ""))
    return is_plain and is_multipart and ("/sobjects" in target or not target.startswith(SERVICES))


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
            self._refuse(error.status)
        except (TimeoutError, ConnectionError, OSError):
            LOG.debug("A connection ended early")

    def _refuse(self, status: int) -> None:
        head = f"HTTP/1.1 {status} {REASONS.get(status, '')}\r\n"
        self._send(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())

    def _send(self, content: bytes) -> None:
        try:
            self.wfile.write(content)
            self.wfile.flush()
        except OSError:
            LOG.debug("The client did not wait for its answer")

    def _one(self) -> bool:
        line = read_line(self.rfile)
        if not line:
            return False
        words = line.decode("latin-1").split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise BadRequest(400)
        headers = read_headers(self.rfile)
        if headers.get("expect", "").lower() == "100-continue":
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
        body, upload = b"", None
        if has_files(words[1], headers):
            upload = put_aside(self.rfile, headers, self.server.folder)
        else:
            body = read_body(self.rfile, headers)
        keep = _keeps_alive(words[2], headers)
        environ = self._environ(words[0].upper(), words[1], headers, body)
        if upload is not None:
            upload.file.seek(0)
            environ["localorg.upload"], environ["wsgi.input"] = upload, upload.file
            environ["CONTENT_LENGTH"] = str(min(upload.size, MOST))
        return self._respond(environ, keep=keep)

    def _respond(self, environ: Environ, *, keep: bool) -> bool:
        method = environ["REQUEST_METHOD"]
        started: list[Any] = []

        def start(status: str, fields: list[tuple[str, str]], _error: object = None) -> None:
            started[:] = [status, fields]

        result = self.server.application(environ, start)
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
    wish = headers.get("connection", "").lower()
    return wish == "keep-alive" if protocol == "HTTP/1.0" else wish != "close"


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
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], application: Application, folder: Path | None = None
    ) -> None:
        self.application = application
        self.folder = folder
        super().__init__(address, Connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Log a failure instead of printing it."""
        LOG.error("Serving %s failed", client_address)
