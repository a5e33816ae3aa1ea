"""Which characters the bytes of a file mean."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from shop.platform.transfer.exceptions import FileRefused

_PIECE = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def open_bytes(path: Path) -> BinaryIO:
    """Open a file, unpacking gzip by its first bytes rather than by its name."""
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if is_gzip else path.open("rb")


def detect_encoding(path: Path, *, limit: int) -> str:
    """Tell UTF-8, UTF-16 and Windows-1252 apart; the whole file is looked at, not a sample."""
    start = next(_pieces(path, limit=limit))[0][:4096]
    for mark, name in _MARKS:
        if start.startswith(mark):
            return _checked(path, name, limit=limit)
    if name := _bare_utf16(start):
        return _checked(path, name, limit=limit)
    if _first_bad_byte(path, "utf-8", limit=limit) is None:
        return "utf-8"
    return _checked(path, "cp1252", limit=limit)


def check_encoding(path: Path, encoding: str, *, limit: int) -> str:
    """Make sure that a file really is what its sender calls it."""
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise FileRefused(f"There is no encoding named “{encoding}”.") from error
    return _checked(path, "utf-8-sig" if name == "utf-8" else name, limit=limit)


def _bare_utf16(start: bytes) -> str:
    """Text of Latin letters in UTF-16 has a zero in every second byte."""
    half = len(start) // 2
    if half and start[1::2].count(0) > half * 0.7:
        return "utf-16-le"
    if half and start[0::2].count(0) > half * 0.7:
        return "utf-16-be"
    return ""


def _checked(path: Path, encoding: str, *, limit: int) -> str:
    bad = _first_bad_byte(path, encoding, limit=limit)
    if bad is not None:
        row, value = bad
        raise FileRefused(
            f"Line {row} holds the byte 0x{value:02X}, which is not {encoding}. "
            "Save the file as UTF-8, or name its encoding with --encoding."
        )
    return encoding


def _first_bad_byte(path: Path, encoding: str, *, limit: int) -> tuple[int, int] | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    for piece, is_last in _pieces(path, limit=limit):
        try:
            text = decoder.decode(piece, is_last)
        except UnicodeDecodeError as error:
            seen = error.object[: error.start]
            value = error.object[error.start] if error.start < len(error.object) else 0
            return line + seen.count(b"\n"), value
        line += text.count("\n")
    return None


def _pieces(path: Path, *, limit: int) -> Iterator[tuple[bytes, bool]]:
    total = 0
    try:
        with open_bytes(path) as file:
            while piece := file.read(_PIECE):
                total += len(piece)
                if total > limit:
                    raise FileRefused(f"The file is larger than {limit // 1_000_000} MB unpacked.")
                yield piece, False
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefused(f"The file cannot be unpacked: {error}") from error
    yield b"", True
