"""Bulk API 1.0: jobs of batches, as older libraries still use it."""

import logging
import threading
from dataclasses import dataclass, field
from typing import Any

from crm_sync.localorg import clock
from crm_sync.localorg.bulk.ingest import apply
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.context import Context, SaveOptions

LOG = logging.getLogger(__name__)
MOST_ROWS = 10_000
QUERIES = frozenset(("query", "queryAll"))
OPERATIONS = frozenset(("insert", "update", "upsert", "delete", "hardDelete")) | QUERIES
Row = dict[str, Any]


class ClassicError(Exception):
    """A refusal in the words of this API."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(slots=True)
class Batch:
    """Some rows of a job, with what became of them."""

    id: str
    job_id: str
    rows: list[Row]
    text: str
    created: str
    state: str = "Queued"
    message: str = ""
    results: list[Row] = field(default_factory=list)
    result_id: str = ""

    def facts(self) -> Row:
        """Return the batch as clients read it."""
        failed = sum(1 for each in self.results if not each["success"]) if self.rows else 0
        facts = {
            "id": self.id,
            "jobId": self.job_id,
            "state": self.state,
            "createdDate": self.created,
            "systemModstamp": self.created,
            "numberRecordsProcessed": len(self.results),
            "numberRecordsFailed": failed,
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
    batches: dict[str, Batch] = field(default_factory=dict)

    def facts(self) -> Row:
        """Return the job as clients read it."""
        states = [batch.state for batch in self.batches.values()]
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.object_name,
            "createdById": self.user_id,
            "createdDate": self.created,
            "systemModstamp": self.created,
            "state": self.state,
            "externalIdFieldName": self.key or None,
            "concurrencyMode": "Parallel",
            "contentType": self.content_type,
            "numberBatchesQueued": states.count("Queued"),
            "numberBatchesInProgress": states.count("InProgress"),
            "numberBatchesCompleted": states.count("Completed"),
            "numberBatchesFailed": states.count("Failed"),
            "numberBatchesTotal": len(states),
            "numberRecordsProcessed": sum(len(one.results) for one in self.batches.values()),
            "numberRetries": 0,
            "apiVersion": float(self.version),
        }


def open_job(org: Org, body: Row, version: str, user_id: str) -> Job:
    """Open a job."""
    operation, name = str(body.get("operation", "")), str(body.get("object", ""))
    owner = org.visible.find(name)
    if operation not in OPERATIONS:
        raise ClassicError("InvalidJob", f"Unknown operation: {operation}")
    if owner is None or owner.is_event:
        raise ClassicError("InvalidEntity", f"Entity '{name}' is not supported by the Bulk API.")
    key = str(body.get("externalIdFieldName") or "")
    if operation == "upsert" and not key:
        raise ClassicError("InvalidJob", "External ID was blank for upsert")
    kind = str(body.get("contentType") or "XML")
    job = Job(
        org.ids.next("750"), operation, owner.name, key, kind, version, clock.stamp(), user_id
    )
    org.deploys[job.id] = job
    return job


def find_job(org: Org, job_id: str) -> Job:
    """Return a job by its id."""
    found = org.deploys.get(job_id)
    if not isinstance(found, Job):
        raise ClassicError("InvalidJob", f"Unable to find job: {job_id}")
    return found


def find_batch(job: Job, batch_id: str) -> Batch:
    """Return a batch of a job."""
    if batch_id not in job.batches:
        raise ClassicError("InvalidBatch", f"Unable to find batch: {batch_id}")
    return job.batches[batch_id]


def add_batch(org: Org, job: Job, rows: list[Row], text: str) -> Batch:
    """Take rows, or a statement, and work on them in the background."""
    if job.state != "Open":
        raise ClassicError("InvalidJobState", f"Job is {job.state}")
    if len(rows) > MOST_ROWS:
        raise ClassicError("InvalidBatch", f"Number of rows is over {MOST_ROWS}")
    batch = Batch(org.ids.next("751"), job.id, rows, text, clock.stamp())
    job.batches[batch.id] = batch
    org.limits.use("DailyBulkApiBatches")
    threading.Thread(target=_work, args=(org, job, batch), daemon=True).start()
    return batch


def _work(org: Org, job: Job, batch: Batch) -> None:
    org.present.origin = f"com/salesforce/api/bulkapi/{job.version}"
    org.present.user_id = job.user_id
    try:
        batch.state = "InProgress"
        if job.operation in QUERIES:
            _query(org, job, batch)
        else:
            _save(org, job, batch)
        batch.state = "Completed"
    except SalesforceError as error:
        batch.state, batch.message = "Failed", f"{error.code} : {error.message}"
    except Exception:
        LOG.exception("Bulk batch %s failed", batch.id)
        batch.state, batch.message = "Failed", "InternalServerError"


def _query(org: Org, job: Job, batch: Batch) -> None:
    page = org.reader.query(
        batch.text, base=f"/services/data/v{job.version}", all_rows=job.operation == "queryAll"
    )
    found: list[Row] = list(page.records)
    while page.next_cursor is not None:
        page = org.reader.more(page.next_cursor, base=f"/services/data/v{job.version}")
        found += page.records
    batch.results = found
    batch.result_id = org.ids.next("752")


def _save(org: Org, job: Job, batch: Batch) -> None:
    context, options = org.context(), SaveOptions(user_id=job.user_id)
    for start in range(0, len(batch.rows), 200):
        with org.store.write():
            for row in batch.rows[start : start + 200]:
                batch.results.append(_one(context, job, row, options))


def _one(context: Context, job: Job, row: Row, options: SaveOptions) -> Row:
    owner = context.schema.require(job.object_name)
    try:
        with context.store.write():
            record_id, created = apply(context, owner, job.operation, job.key, dict(row), options)
    except SalesforceError as error:
        item = {**error.as_item(), "extendedErrorDetails": None}
        return {"success": False, "created": False, "id": None, "errors": [item]}
    return {"success": True, "created": created, "id": record_id, "errors": []}
