"""One SQLite file: many readers, one writer, nested savepoints."""

import errno
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA cache_size=-8000",
    "PRAGMA case_sensitive_like=OFF",
)
WRITER_CACHE = "PRAGMA cache_size=-48000"
READERS = 8
AT_ONCE = 4
# How long a statement waits for its turn before it is read all the same.
PATIENCE = 60.0
PRIMARY = 0xFF
UNWRITABLE = frozenset(
    (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
)
NO_SPACE = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EACCES))
Setup = Callable[[sqlite3.Connection], None]
Work = Callable[[sqlite3.Connection], None]
Flush = Callable[[sqlite3.Connection, list[Any]], None]


def connect(path: Path) -> sqlite3.Connection:
    """Open the file with the settings that every connection shares."""
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        check_same_thread=False,
        timeout=30,
        cached_statements=512,
    )
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection


@dataclass(slots=True)
class Moment:
    """Records as they were when reading began, and what is still to be read of them."""

    connection: sqlite3.Connection
    work: Work | None = None
    has_turn: bool = False

    def later(self, work: Work) -> None:
        """Have more read once the caller has what it needs at once."""
        self.work = work

    def finish(self) -> None:
        """Read what was left for later."""
        if self.work is not None:
            self.work(self.connection)


def has_no_room(error: Exception) -> bool:
    """Say whether a failure is that of a disk which is full, broken or read-only."""
    code = getattr(error, "sqlite_errorcode", 0) & PRIMARY
    return code in UNWRITABLE or getattr(error, "errno", 0) in NO_SPACE


class Replaced(Exception):
    """All records were exchanged while somebody worked on the former ones."""


class Store:
    """Hands out connections; a thread that writes also reads through its own transaction."""

    def __init__(self, path: Path, setup: Setup) -> None:
        self.path = path
        self._setup = setup
        self._lock = threading.RLock()
        self._depth = 0
        self._owner: int | None = None
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._writer = self._open()
        self._writer.execute(WRITER_CACHE)
        self._after: list[Callable[[], None]] = []
        self._collected: list[Any] = []
        self.on_commit: Flush | None = None
        self._era = 0
        self.serial = 0
        self._working = threading.local()
        self._turns = threading.Semaphore(AT_ONCE)

    def _open(self) -> sqlite3.Connection:
        connection = connect(self.path)
        self._setup(connection)
        return connection

    @property
    def is_writing(self) -> bool:
        """Say whether this thread is inside a write."""
        return self._owner == threading.get_ident()

    @property
    def writer(self) -> sqlite3.Connection:
        """Return the connection of the write that this thread is inside of."""
        if not self.is_writing:
            raise RuntimeError("Records are saved only inside a write")
        return self._writer

    def in_background(self, work: Callable[..., None], *args: Any) -> None:
        """Start work of its own thread; it ends quietly when all records are exchanged."""
        era = self._era

        def carry_out() -> None:
            self._working.era = era
            with suppress(Replaced):
                work(*args)

        threading.Thread(target=carry_out, name="background", daemon=True).start()

    def check_era(self) -> None:
        """Turn work away that began with other records than those that are here now."""
        if getattr(self._working, "era", self._era) != self._era:
            raise Replaced

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction, or a savepoint inside one; any exception undoes it."""
        with self._lock:
            self.check_era()
            self._enter()
            waiting, collected = len(self._after), len(self._collected)
            try:
                yield self._writer
                if self._depth == 1:
                    self._flush()
            except BaseException:
                del self._after[waiting:]
                del self._collected[collected:]
                self._leave(undo=True)
                raise
            self._leave(undo=False)

    def collect(self, item: object) -> None:
        """Hand something to `on_commit`, unless what it belongs to is undone before."""
        self._collected.append(item)

    def _flush(self) -> None:
        found, self._collected = self._collected, []
        if found and self.on_commit is not None:
            self.on_commit(self._writer, found)

    def _enter(self) -> None:
        if self._depth == 0:
            self.serial += 1
            self._writer.execute("BEGIN IMMEDIATE")
            self._owner = threading.get_ident()
        else:
            self._writer.execute(f"SAVEPOINT s{self._depth}")
        self._depth += 1

    def _leave(self, *, undo: bool) -> None:
        self._depth -= 1
        name = f"s{self._depth}"
        if self._depth:
            # A full disk makes SQLite undo everything at once: then there is no savepoint.
            if undo and self._writer.in_transaction:
                self._writer.execute(f"ROLLBACK TO {name}")
            if self._writer.in_transaction or not undo:
                self._writer.execute(f"RELEASE {name}")
            return
        self._owner = None
        after, self._after = self._after, []
        self._close_transaction(undo=undo)
        for action in after:
            action()

    def _close_transaction(self, *, undo: bool) -> None:
        """End the transaction; what cannot be kept is undone, so that the next one can begin."""
        try:
            if not undo:
                self._writer.execute("COMMIT")
        finally:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run an action once the outermost transaction is safe on disk."""
        self._after.append(action)

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for reading."""
        if self.is_writing:
            yield self._writer
            return
        connection = self._borrow()
        try:
            yield connection
        finally:
            self._give_back(connection)

    def _borrow(self) -> sqlite3.Connection:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._open()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self._idle.qsize() < READERS:
            self._idle.put(connection)
        else:
            connection.close()

    @contextmanager
    def moment(self) -> Iterator["Moment"]:
        """Lend a connection that sees one moment, however long the work with it goes on."""
        if self.is_writing:
            moment = Moment(self._writer)
            yield moment
            moment.finish()
            return
        moment = self._begin()
        try:
            yield moment
        except BaseException:
            self._end(moment)
            raise
        finally:
            if moment.has_turn:
                self._working.has_turn = False
        if moment.work is None:
            self._end(moment)
        else:
            self.in_background(self._carry_on, moment)

    def _begin(self) -> "Moment":
        """Begin to read when it is this thread's turn: each connection fills its own memory."""
        nested = getattr(self._working, "has_turn", False)
        has_turn = not nested and self._turns.acquire(timeout=PATIENCE)
        self._working.has_turn = nested or has_turn
        try:
            connection = self._borrow()
            connection.execute("BEGIN")
        except BaseException:
            self._working.has_turn = nested
            if has_turn:
                self._turns.release()
            raise
        return Moment(connection, has_turn=has_turn)

    def _carry_on(self, moment: "Moment") -> None:
        try:
            moment.finish()
        finally:
            self._end(moment)

    def _end(self, moment: "Moment") -> None:
        try:
            moment.connection.execute("COMMIT")
            self._give_back(moment.connection)
        finally:
            if moment.has_turn:
                self._turns.release()

    def copy_to(self, target: Path) -> None:
        """Write a compact copy of everything to another file; the same content, the same bytes."""
        part = target.with_suffix(".part")
        with self._lock:
            # What a kill left half done would be taken for a part of the new copy.
            for left in (part, part.with_name(f"{part.name}-journal")):
                left.unlink(missing_ok=True)
            self._writer.execute("VACUUM INTO ?", (str(part),))
            copy = sqlite3.connect(part)
            try:
                # The one figure in a file that tells how often its tables were looked after.
                copy.execute("PRAGMA schema_version = 1")
            finally:
                copy.close()
            part.replace(target)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all other writers waiting through several transactions."""
        with self._lock:
            yield

    def restore_from(self, source: Path) -> None:
        """Replace everything by the content of a copy."""
        origin = sqlite3.connect(source)
        try:
            with self._lock:
                self._era += 1
                self._drop_readers()
                origin.backup(self._writer)
                self._writer.execute("PRAGMA journal_mode=WAL")
        finally:
            origin.close()

    def _drop_readers(self) -> None:
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def close(self) -> None:
        """Close all idle connections; the write-ahead log is folded into the file."""
        with self._lock:
            self._era += 1
            self._drop_readers()
            self._writer.close()
