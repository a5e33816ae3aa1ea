"""Bulk jobs as they are kept."""

import json
import time
from dataclasses import asdict, dataclass, field

from crm_sync.localorg import clock
from crm_sync.localorg.errors import not_found
from crm_sync.localorg.org import Org

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
            "externalIdFieldName": self.key or None,
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
        connection.execute("DELETE FROM _job WHERE made < ?", (time.time() - KEPT_SECONDS,))
        connection.execute(
            "INSERT INTO _job (id, kind, made, facts) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET facts = excluded.facts",
            (job.id, job.kind, time.time(), json.dumps(asdict(job))),
        )


def load(org: Org, kind: str, job_id: str) -> Job:
    """Return a job of that kind."""
    with org.store.read() as connection:
        row = connection.execute(
            "SELECT facts FROM _job WHERE kind = ? AND substr(id, 1, 15) = ?", (kind, job_id[:15])
        ).fetchone()
    if row is None:
        raise not_found()
    return Job(**json.loads(row[0]))


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
        connection.execute("UPDATE _job SET input = ? WHERE id = ?", (content, job.id))


def uploaded(org: Org, job: Job) -> bytes | None:
    """Return the rows that a client sent."""
    with org.store.read() as connection:
        row = connection.execute("SELECT input FROM _job WHERE id = ?", (job.id,)).fetchone()
    return row[0] if row else None


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
        connection.execute("DELETE FROM _job_result WHERE job = ?", (job.id,))
