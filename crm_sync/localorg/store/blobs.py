"""The bytes of files: kept in pieces beside the records, so that they share their fate."""

import base64
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from crm_sync.localorg.store.database import Store

PIECE = 512 * 1024
LETTERS = PIECE // 3 * 4
COUNTER = "files"


@dataclass(frozen=True, slots=True)
class Content:
    """What a client sends for a file; large ones are read piece by piece."""

    size: int
    pieces: Callable[[], Iterable[bytes]]

    @classmethod
    def of(cls, data: bytes) -> "Content":
        """Return bytes as content."""
        return cls(len(data), lambda: (data[at : at + PIECE] for at in range(0, len(data), PIECE)))

    @classmethod
    def of_base64(cls, text: str) -> "Content":
        """Return the content of a text in base64, which is not unpacked before it is needed."""
        places = range(0, len(text), LETTERS)
        size = len(text) // 4 * 3 - text[-2:].count("=")
        return cls(size, lambda: (base64.b64decode(text[at : at + LETTERS]) for at in places))


def keep(connection: sqlite3.Connection, record_id: str, content: Content) -> str:
    """Keep a file in place of the one that a record had; return its checksum."""
    forget(connection, record_id)
    digest = hashlib.md5(usedforsecurity=False)
    for part, piece in enumerate(content.pieces()):
        digest.update(piece)
        connection.execute("INSERT INTO _blob VALUES (?, ?, ?)", (record_id, part, piece))
    _count(connection, content.size)
    return digest.hexdigest()


def forget(connection: sqlite3.Connection, record_id: str) -> None:
    """Leave nothing of a record's file."""
    size = _size(connection, record_id)
    if size:
        connection.execute("DELETE FROM _blob WHERE record = ?", (record_id,))
        _count(connection, -size)


def _size(connection: sqlite3.Connection, record_id: str) -> int:
    sql = "SELECT COALESCE(SUM(LENGTH(content)), 0) FROM _blob WHERE record = ?"
    return int(connection.execute(sql, (record_id,)).fetchone()[0])


def _count(connection: sqlite3.Connection, size: int) -> None:
    sql = "INSERT INTO _counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ?"
    connection.execute(sql, (COUNTER, size, size))


def used(connection: sqlite3.Connection) -> int:
    """Return how many bytes all files take together."""
    sql = "SELECT value FROM _counter WHERE name = ?"
    found = connection.execute(sql, (COUNTER,)).fetchone()
    return int(found[0]) if found else 0


def size_of(store: Store, record_id: str) -> int:
    """Return the length of a file."""
    with store.read() as connection:
        return _size(connection, record_id)


def pieces(store: Store, record_id: str) -> Iterator[bytes]:
    """Return a file piece by piece."""
    sql = "SELECT content FROM _blob WHERE record = ? ORDER BY part"
    with store.read() as connection:
        for (piece,) in connection.execute(sql, (record_id,)):
            yield piece


def whole(store: Store, record_id: str) -> bytes:
    """Return all of a file."""
    return b"".join(pieces(store, record_id))
