"""Bulk jobs as they are kept."""

import io
import json
import sqlite3
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from crm_sync.localorg import clock
from crm_sync.localorg.errors import not_found
from crm_sync.localorg.org import Org

PART_BYTES = 1 << 18
KEPT_SECONDS = 7 * 24 * 3600
INGEST, QUERY = "ingest", "query"


@dataclass(slots=True)
class Job:
    """One job; the names are those of the wire."""

    id: str
    operation: str
    object_name: str
    createdById: str  # noqa: N815 - the wire's own name
    createdDate: str  # noqa: N815 - the wire's own name
    systemModstamp: str  # noqa: N815 - the wire's own name
    state: str
    kind: str
    version: str
    column_delimiter: str = "COMMA"
    line_ending: str = "LF"
    key: str = ""
    query: str = ""
    cursor: str = ""
    processed: int = 0
    failed: int = 0
    milliseconds: int = 0
    error: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return the job as clients read it."""
        common = {
            "id": self.id,
            "operation": self.operation,
            "object": self.object_name,
            "createdById": self.createdById,
            "createdDate": self.createdDate,
            "systemModstamp": self.systemModstamp,
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
            "lineEnding": self.line_ending,
            "columnDelimiter": self.column_delimiter,
        }
        timing = {"retries": 0, "totalProcessingTime": self.milliseconds}
        if self.kind == QUERY:
            return {
                **common,
                **timing,
                "jobType": "V2Query",
                "numberRecordsProcessed": self.processed,
                "isPkChunkingSupported": True,
                **({"errorMessage": self.error} if self.error else {}),
            }
        return {
            **common,
            **timing,
            "jobType": "V2Ingest",
            "contentUrl": f"services/data/v{self.version}/jobs/ingest/{self.id}/batches",
            **({"externalIdFieldName": self.key} if self.key else {}),
            **({"assignmentRuleId": rule} if (rule := self.extra.get("rule")) else {}),
            "numberRecordsProcessed": self.processed,
            "numberRecordsFailed": self.failed,
            "apiActiveProcessingTime": self.milliseconds,
            "apexProcessingTime": 0,
            **({"errorMessage": self.error} if self.error else {}),
        }


def save(org: Org, job: Job) -> None:
    """Write a job's present state."""
    job.systemModstamp = clock.stamp()
    with org.store.write() as connection:
        _forget_old(connection)
        connection.execute(
            "INSERT INTO _job (id, kind, made, facts) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET facts = excluded.facts",
            (job.id, job.kind, time.time(), json.dumps(asdict(job))),
        )


def _forget_old(connection: sqlite3.Connection) -> None:
    oldest = time.time() - KEPT_SECONDS
    found = connection.execute("SELECT id FROM _job WHERE made < ?", (oldest,)).fetchall()
    for row in found:
        for table, column in (("_job", "id"), ("_job_input", "job"), ("_job_result", "job")):
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", row)


def find(org: Org, kind: str, job_id: str) -> Job | None:
    """Return a job of that kind, if there is one."""
    with org.store.read() as connection:
        row = connection.execute(
            "SELECT facts FROM _job WHERE kind = ? AND substr(id, 1, 15) = ?", (kind, job_id[:15])
        ).fetchone()
    return Job(**json.loads(row[0])) if row else None


def load(org: Org, kind: str, job_id: str) -> Job:
    """Return a job of that kind that must exist."""
    found = find(org, kind, job_id)
    if found is None:
        raise not_found()
    return found


def every(org: Org, kind: str) -> list[Job]:
    """Return all jobs of that kind, newest first."""
    with org.store.read() as connection:
        rows = connection.execute(
            "SELECT facts FROM _job WHERE kind = ? ORDER BY made DESC", (kind,)
        ).fetchall()
    return [Job(**json.loads(row[0])) for row in rows]


def upload(org: Org, job: Job, content: bytes) -> None:
    """Keep the rows that a client sent."""
    with org.store.write() as connection:
        for part, start in enumerate(range(0, max(len(content), 1), PART_BYTES)):
            connection.execute(
                "INSERT INTO _job_input VALUES (?, ?, ?)",
                (job.id, part, content[start : start + PART_BYTES]),
            )


def is_uploaded(org: Org, job: Job) -> bool:
    """Say whether a client has sent its rows."""
    return Parts(org, job).read_part() is not None


class Parts(io.RawIOBase):
    """The rows that a client sent, read piece by piece."""

    def __init__(self, org: Org, job: Job) -> None:
        self._org = org
        self._job = job
        self._next = 0
        self._rest = b""

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def read_part(self) -> bytes | None:
        """Return the next piece, or None behind the last one."""
        with self._org.store.read() as connection:
            row = connection.execute(
                "SELECT content FROM _job_input WHERE job = ? AND part = ?",
                (self._job.id, self._next),
            ).fetchone()
        self._next += 1
        return row[0] if row else None

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer."""
        if not self._rest:
            self._rest = self.read_part() or b""
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def uploaded(org: Org, job: Job) -> io.BufferedReader:
    """Return the rows that a client sent, as a stream: they may be many."""
    return io.BufferedReader(Parts(org, job))


def append_results(org: Org, job: Job, good: str, bad: str) -> None:
    """Keep the results of a batch; called inside the transaction that saved its rows."""
    with org.store.write() as connection:
        connection.execute(
            "INSERT INTO _job_result (job, good, bad) VALUES (?, ?, ?)", (job.id, good, bad)
        )


def results(org: Org, job: Job, column: str) -> str:
    """Return the results of all batches."""
    with org.store.read() as connection:
        rows = connection.execute(
            f"SELECT {column} FROM _job_result WHERE job = ? ORDER BY rowid", (job.id,)
        ).fetchall()
    return "".join(row[0] for row in rows)


def delete(org: Org, job: Job) -> None:
    """Forget a job."""
    with org.store.write() as connection:
        connection.execute("DELETE FROM _job WHERE id = ?", (job.id,))
        connection.execute("DELETE FROM _job_input WHERE job = ?", (job.id,))
        connection.execute("DELETE FROM _job_result WHERE job = ?", (job.id,))
