"""Reading one HTTP request from a stream: what is unclear is refused, never guessed."""

import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from crm_sync.localorg import bodies
from crm_sync.localorg.bodies import MOST, Upload

MAX_LINE = 65_536
MAX_HEADERS = 200
MAX_BODY = 160 * 1024 * 1024
MAX_DRAINED = 4 << 30
PIECE = 1 << 20
SERVICES = "/services/"
LENGTH = re.compile(r"[0-9]{1,18}")
CHUNK = re.compile(rb"[0-9A-Fa-f]{1,16}")
METHOD = re.compile(r"[A-Za-z]{1,32}")


class BadRequest(Exception):
    """A request that cannot be understood."""

    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        super().__init__(str(status))
        self.status = status
        self.code = code or CODES.get(status, "BAD_REQUEST")
        self.message = message


CODES = {
    413: "REQUEST_ENTITY_TOO_LARGE",
    414: "URI_TOO_LONG",
    417: "EXPECTATION_FAILED",
    431: "REQUEST_HEADER_FIELDS_TOO_LARGE",
    501: "NOT_IMPLEMENTED",
}


def read_line(stream: io.BufferedIOBase, too_long: int = 431) -> bytes:
    """Read one line of a request's head."""
    line = stream.readline(MAX_LINE + 1)
    if len(line) > MAX_LINE:
        raise BadRequest(too_long)
    return line.rstrip(b"\r\n")


def request_line(stream: io.BufferedIOBase) -> tuple[str, str, str] | None:
    """Read method, target and protocol; nothing when the client has hung up."""
    # Some clients end a body with a line of its own.
    line = read_line(stream, 414) or read_line(stream, 414)
    if not line:
        return None
    words = line.decode("latin-1").split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or not METHOD.fullmatch(words[0]):
        raise BadRequest(400)
    return words[0].upper(), words[1], words[2]


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


def _coding(headers: dict[str, str]) -> str:
    return headers.get("transfer-encoding", "").strip().lower()


def _length(headers: dict[str, str]) -> int:
    """Return the length of the body; said twice it has to be the same."""
    said = {each.strip() for each in headers.get("content-length", "0").split(",")}
    text = said.pop()
    if said or not text.isascii() or not text.isdigit():
        raise BadRequest(400)
    return int(text) if LENGTH.fullmatch(text) else MAX_BODY + 1


def check_head(headers: dict[str, str], *, with_files: bool) -> bool:
    """Refuse a body that is too large or has no clear end; say whether it waits for a go-ahead."""
    expected = headers.get("expect", "").lower()
    if expected not in {"", "100-continue"}:
        raise BadRequest(417)
    coding = _coding(headers)
    if coding not in {"", "identity", "chunked"}:
        raise BadRequest(501)
    if coding == "chunked" and "content-length" in headers:
        raise BadRequest(400, message="Content-Length and Transfer-Encoding exclude each other")
    if _length(headers) > (MAX_DRAINED if with_files else MAX_BODY):
        raise BadRequest(413)
    return bool(expected)


def _pieces(stream: io.BufferedIOBase, headers: dict[str, str], most: int) -> Iterator[bytes]:
    """Return a body of either kind piece by piece; one that is too large is refused."""
    is_chunked = _coding(headers) == "chunked"
    total = 0
    for piece in _chunks(stream) if is_chunked else _exactly(stream, _length(headers)):
        total += len(piece)
        if total > most:
            raise BadRequest(413)
        yield piece


def _exactly(stream: io.BufferedIOBase, size: int) -> Iterator[bytes]:
    """Return that many bytes: half of a body must not be taken for the whole."""
    while size > 0:
        piece = stream.read(min(size, PIECE))
        if not piece:
            raise BadRequest(400, message="The request body ends too early")
        size -= len(piece)
        yield piece


def _chunks(stream: io.BufferedIOBase) -> Iterator[bytes]:
    while size := _chunk_size(stream):
        yield from _exactly(stream, size)
        if stream.readline(3).rstrip(b"\r\n"):
            raise BadRequest(400)
    read_headers(stream)


def _chunk_size(stream: io.BufferedIOBase) -> int:
    text = read_line(stream).split(b";")[0].strip()
    if not CHUNK.fullmatch(text):
        raise BadRequest(400)
    return int(text, 16)


def read_body(stream: io.BufferedIOBase, headers: dict[str, str]) -> bytes:
    """Read a body into memory."""
    return b"".join(_pieces(stream, headers, MAX_BODY))


def put_aside(stream: io.BufferedIOBase, headers: dict[str, str], folder: Path | None) -> Upload:
    """Read a body with files into a file that nobody else sees; what is too much is left out.

    The file lives as long as the request; the garbage collector closes it.
    """
    place = str(folder) if folder else None
    file = tempfile.SpooledTemporaryFile(max_size=PIECE, dir=place)  # noqa: SIM115 - outlives the call
    size = 0
    for piece in _pieces(stream, headers, MAX_DRAINED):
        size += len(piece)
        if size <= MOST:
            file.write(piece)
    return Upload(cast("BinaryIO", file), size)


def has_files(target: str, headers: dict[str, str]) -> bool:
    """Say whether a body holds the files of records, from a client or from a page."""
    is_plain = not headers.get("content-encoding")
    is_multipart = bodies.is_multipart(headers.get("content-type", ""))
    return is_plain and is_multipart and ("/sobjects" in target or not target.startswith(SERVICES))
