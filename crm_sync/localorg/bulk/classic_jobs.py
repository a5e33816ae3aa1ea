"""Jobs of Bulk API 1.0 as they are kept: what was taken survives a kill."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from crm_sync.localorg import clock
from crm_sync.localorg.org import Org

JOB, BATCH = "classic", "classic batch"
ZIP = "ZIP_"
QUERIES = frozenset(("query", "queryAll"))
WAITING = frozenset(("Queued", "InProgress"))
Row = dict[str, Any]


@dataclass(slots=True)
class Batch:
    """Some rows of a job, held as long as they are worked on; their outcome is in the store."""

    id: str
    job_id: str
    rows: list[Row]
    text: str
    created: str
    state: str = "Queued"
    message: str = ""
    processed: int = 0
    failed: int = 0
    result_id: str = ""
    changed: str = ""
    is_part: bool = False

    def count(self, found: list[Row]) -> None:
        """Count what became of some rows; what a query found has no outcome."""
        self.processed += len(found)
        self.failed += sum(1 for each in found if each.get("success") is False)

    def facts(self) -> Row:
        """Return the batch as clients read it."""
        facts = {
            "id": self.id,
            "jobId": self.job_id,
            "state": self.state,
            "createdDate": self.created,
            "systemModstamp": self.changed or self.created,
            "numberRecordsProcessed": self.processed,
            "numberRecordsFailed": self.failed,
            "totalProcessingTime": 1,
            "apiActiveProcessingTime": 1,
            "apexProcessingTime": 0,
        }
        return {**facts, **({"stateMessage": self.message} if self.message else {})}


@dataclass(slots=True)
class Job:
    """A job with its batches."""

    id: str
    operation: str
    object_name: str
    key: str
    content_type: str
    version: str
    created: str
    user_id: str
    state: str = "Open"
    concurrency: str = "Parallel"
    chunk_size: int = 0
    changed: str = ""
    rule: str = ""
    batches: dict[str, Batch] = field(default_factory=dict)

    @property
    def is_zip(self) -> bool:
        """Say whether batches are ZIP files with files beside the records."""
        return self.content_type.startswith(ZIP)

    @property
    def format(self) -> str:
        """Return how records and results are written, in a ZIP or not."""
        return self.content_type.removeprefix(ZIP)

    def facts(self) -> Row:
        """Return the job as clients read it."""
        states = [batch.state for batch in self.batches.values()]
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.object_name,
            "createdById": self.user_id,
            "createdDate": self.created,
            "systemModstamp": self.changed or self.created,
            "state": self.state,
            "externalIdFieldName": self.key or None,
            **({"assignmentRuleId": self.rule} if self.rule else {}),
            "concurrencyMode": self.concurrency,
            "contentType": self.content_type,
            "numberBatchesQueued": states.count("Queued"),
            "numberBatchesInProgress": states.count("InProgress"),
            "numberBatchesCompleted": states.count("Completed"),
            "numberBatchesFailed": states.count("Failed"),
            "numberBatchesTotal": len(states),
            "numberRecordsProcessed": sum(one.processed for one in self.batches.values()),
            "numberRetries": 0,
            "apiVersion": float(self.version),
            "numberRecordsFailed": sum(one.failed for one in self.batches.values()),
            "totalProcessingTime": len(states),
            "apiActiveProcessingTime": len(states),
            "apexProcessingTime": 0,
        }


def _keep(org: Org, kind: str, job_id: str, facts: Row) -> None:
    with org.store.write() as connection:
        connection.execute(
            "INSERT INTO _job (id, kind, made, facts) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET facts = excluded.facts",
            (job_id, kind, time.time(), json.dumps(facts)),
        )


def keep_job(org: Org, job: Job) -> None:
    """Write a job's present state."""
    job.changed = clock.stamp()
    facts = {name: getattr(job, name) for name in job.__slots__ if name != "batches"}
    _keep(org, JOB, job.id, facts)


def keep_batch(org: Org, batch: Batch) -> None:
    """Write a batch's present state, without its rows."""
    batch.changed = clock.stamp()
    facts = {name: getattr(batch, name) for name in batch.__slots__}
    _keep(org, BATCH, batch.id, {**facts, "rows": []})


def keep_rows(org: Org, batch: Batch, body: bytes) -> None:
    """Write what a batch has to do, and the body in which a client asked for it."""
    with org.store.write() as connection:
        parts = (json.dumps(batch.rows).encode(), body)
        connection.executemany(
            "INSERT INTO _job_input VALUES (?, ?, ?)",
            [(batch.id, place, part) for place, part in enumerate(parts)],
        )


def body_of(org: Org, batch: Batch) -> bytes:
    """Return the body in which a client asked for a batch."""
    found: list[bytes] = _read(org, f"{INPUT} AND part = 1", batch.id)
    return bytes(found[0]) if found and found[0] else batch.text.encode()


def keep_results(org: Org, batch: Batch, found: list[Row]) -> None:
    """Write what became of some rows, in the transaction that saved them."""
    with org.store.write() as connection:
        connection.execute(
            "INSERT INTO _job_result (job, good, bad) VALUES (?, ?, '')",
            (batch.id, json.dumps(found)),
        )


INPUT = "SELECT content FROM _job_input WHERE job = ?"


def _read(org: Org, sql: str, *params: str) -> list[Any]:
    with org.store.read() as connection:
        return [row[0] for row in connection.execute(sql, params)]


def results_of(org: Org, batch: Batch) -> list[Row]:
    """Return what became of the rows of a batch, or what it found."""
    sql = "SELECT good FROM _job_result WHERE job = ? ORDER BY rowid"
    return [row for text in _read(org, sql, batch.id) for row in json.loads(text)]


def _batch(org: Org, facts: Row) -> Batch:
    """Return a batch that is kept; the rows only of one that has work left."""
    is_counted = "processed" in facts
    batch = Batch(**{name: facts[name] for name in Batch.__slots__ if name in facts})
    if batch.state in WAITING:
        for text in _read(org, f"{INPUT} AND part = 0", batch.id):
            batch.rows = json.loads(text)
    if batch.state in WAITING or not is_counted:
        batch.processed = batch.failed = 0
        batch.count(results_of(org, batch))
    return batch


def load(org: Org) -> list[Job]:
    """Return all jobs that are kept, with their batches."""
    sql = "SELECT facts FROM _job WHERE kind = ? ORDER BY id"
    jobs = {job.id: job for job in (Job(**json.loads(text)) for text in _read(org, sql, JOB))}
    for text in _read(org, sql, BATCH):
        batch = _batch(org, json.loads(text))
        if batch.job_id in jobs:
            jobs[batch.job_id].batches[batch.id] = batch
    return list(jobs.values())
