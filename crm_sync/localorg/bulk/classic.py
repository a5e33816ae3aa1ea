"""Bulk API 1.0: jobs of batches, as older libraries still use it."""

import logging
import threading

from crm_sync.localorg import clock
from crm_sync.localorg.bulk import classic_jobs
from crm_sync.localorg.bulk.classic_jobs import QUERIES, Batch, Job, Row
from crm_sync.localorg.bulk.ingest import apply
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.context import Context, SaveOptions

LOG = logging.getLogger(__name__)
MOST_ROWS = 10_000
AT_ONCE = 200
BATCHES = "DailyBulkApiBatches"
OPERATIONS = frozenset(("insert", "update", "upsert", "delete", "hardDelete")) | QUERIES


class ClassicError(Exception):
    """A refusal in the words of this API."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


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
    classic_jobs.keep_job(org, job)
    org.deploys[job.id] = job
    return job


def set_state(org: Org, job: Job, state: object) -> None:
    """Close or abort a job."""
    if state not in {"Closed", "Aborted"}:
        raise ClassicError("InvalidJobState", f"A job cannot be set to {state}")
    job.state = str(state)
    classic_jobs.keep_job(org, job)


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
    if org.limits.used_others.get(BATCHES, 0) >= org.limits.maxima[BATCHES]:
        raise ClassicError("ExceededQuota", "The daily number of batches is used up")
    org.limits.use(BATCHES)
    with org.store.write():
        classic_jobs.keep_batch(org, batch)
        classic_jobs.keep_rows(org, batch)
    job.batches[batch.id] = batch
    _start(org, job, batch)
    return batch


def _start(org: Org, job: Job, batch: Batch) -> None:
    threading.Thread(target=_work, args=(org, job, batch), daemon=True).start()


def resume(org: Org) -> None:
    """Take up all jobs that are kept, and go on with what a stop interrupted."""
    for job in classic_jobs.load(org):
        org.deploys[job.id] = job
        for batch in job.batches.values():
            if batch.state in {"Queued", "InProgress"}:
                _start(org, job, batch)


def _work(org: Org, job: Job, batch: Batch) -> None:
    org.present.origin = f"com/salesforce/api/bulkapi/{job.version}"
    org.present.user_id = job.user_id
    try:
        batch.state = "InProgress"
        if job.operation in QUERIES:
            _query(org, job, batch)
        else:
            _save(org, job, batch)
        batch.state = "Completed" if job.state != "Aborted" else "NotProcessed"
    except SalesforceError as error:
        batch.state, batch.message = "Failed", f"{error.code} : {error.message}"
    except Exception:
        LOG.exception("Bulk batch %s failed", batch.id)
        batch.state, batch.message = "Failed", "InternalServerError"
    classic_jobs.keep_batch(org, batch)


def _query(org: Org, job: Job, batch: Batch) -> None:
    if batch.result_id:
        return
    page = org.reader.query(
        batch.text, base=f"/services/data/v{job.version}", all_rows=job.operation == "queryAll"
    )
    found: list[Row] = list(page.records)
    while page.next_cursor is not None:
        page = org.reader.more(page.next_cursor, base=f"/services/data/v{job.version}")
        found += page.records
    batch.result_id = org.ids.next("752")
    with org.store.write():
        classic_jobs.keep_results(org, batch, found)
        classic_jobs.keep_batch(org, batch)
    batch.results = found


def _save(org: Org, job: Job, batch: Batch) -> None:
    context, options = org.context(), SaveOptions(user_id=job.user_id)
    for start in range(len(batch.results), len(batch.rows), AT_ONCE):
        if job.state == "Aborted":
            return
        with org.store.write():
            rows = batch.rows[start : start + AT_ONCE]
            found = [_one(context, job, row, options) for row in rows]
            classic_jobs.keep_results(org, batch, found)
        batch.results += found


def _one(context: Context, job: Job, row: Row, options: SaveOptions) -> Row:
    owner = context.schema.require(job.object_name)
    try:
        with context.store.write():
            record_id, created = apply(context, owner, job.operation, job.key, dict(row), options)
    except SalesforceError as error:
        item = {**error.as_item(), "extendedErrorDetails": None}
        return {"success": False, "created": False, "id": None, "errors": [item]}
    return {"success": True, "created": created, "id": record_id, "errors": []}
