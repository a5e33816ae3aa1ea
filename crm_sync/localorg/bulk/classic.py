"""Bulk API 1.0: jobs of batches, as older libraries still use it."""

import logging
import threading
from collections import defaultdict

from crm_sync.localorg import clock
from crm_sync.localorg.bulk import classic_chunks, classic_jobs, query
from crm_sync.localorg.bulk.classic_jobs import QUERIES, WAITING, ZIP, Batch, Job, Row
from crm_sync.localorg.bulk.ingest import apply
from crm_sync.localorg.bulk.resources import HARD_DELETE, NO_HARD_DELETE
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.context import Context, SaveOptions
from crm_sync.localorg.records.values import Unreadable
from crm_sync.localorg.rest.collections import doubled
from crm_sync.localorg.store.database import Replaced

LOG = logging.getLogger(__name__)
MOST_ROWS = 10_000
AT_ONCE = 200
BATCHES = "DailyBulkApiBatches"
OPERATIONS = frozenset(("insert", "update", "upsert", "delete", "hardDelete")) | QUERIES
FORMATS = ("CSV", "JSON", "XML")
CONTENT_TYPES = {name: name for each in FORMATS for name in (each, f"{ZIP}{each}")}
MODES = {"Parallel": "Parallel", "Serial": "Serial", "0": "Parallel", "1": "Serial"}
UNREADABLE = ""
TURNS: dict[str, threading.Lock] = defaultdict(threading.Lock)


class ClassicError(Exception):
    """A refusal in the words of this API."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def open_job(org: Org, body: Row, version: str, user_id: str, chunk_size: int = 0) -> Job:
    """Open a job."""
    operation, name = str(body.get("operation", "")), str(body.get("object") or "")
    owner = org.visible.find(name)
    if operation not in OPERATIONS:
        raise ClassicError("InvalidJob", f"Unknown operation: {operation}")
    if owner is None:
        raise ClassicError("InvalidJob", f"Unable to find object: {name}")
    if owner.is_event:
        raise ClassicError("InvalidEntity", f"Entity '{name}' is not supported by the Bulk API.")
    if operation == "hardDelete" and not org.view.has(HARD_DELETE):
        raise ClassicError("FeatureNotEnabled", NO_HARD_DELETE)
    key = str(body.get("externalIdFieldName") or "")
    if operation == "upsert":
        if not key:
            raise ClassicError("InvalidJob", "External ID was blank for upsert")
        field = owner.find(key)
        if field is None or not (field.is_key or field.name == "Id"):
            text = f"Field name provided, {key} does not match an External ID for {owner.name}"
            raise ClassicError("InvalidJob", text)
    job = Job(
        id=org.ids.next("750"),
        operation=operation,
        object_name=owner.name,
        key=key,
        content_type=_word(body, "contentType", CONTENT_TYPES, "XML"),
        version=version,
        created=clock.stamp(),
        user_id=user_id,
        concurrency=_word(body, "concurrencyMode", MODES, "Parallel"),
        chunk_size=chunk_size if operation in QUERIES else 0,
        rule=str(body.get("assignmentRuleId") or ""),
    )
    classic_jobs.keep_job(org, job)
    org.deploys[job.id] = job
    return job


def _word(body: Row, name: str, known: dict[str, str], usual: str) -> str:
    wish = str(body.get(name) or usual)
    if wish not in known:
        raise ClassicError("InvalidJob", f"{name} {wish} is not supported")
    return known[wish]


def set_state(org: Org, job: Job, state: object) -> None:
    """Close or abort a job."""
    if state not in {"Closed", "Aborted"}:
        raise ClassicError("InvalidJobState", f"A job cannot be set to {state}")
    if job.state == "Aborted" or job.state == state:
        doing = "Closing" if state == "Closed" else "Aborting"
        raise ClassicError("InvalidJobState", f"{doing} already {job.state} Job not allowed")
    job.state = str(state)
    classic_jobs.keep_job(org, job)


def find_job(org: Org, job_id: str) -> Job:
    """Return a job by its id."""
    found = org.deploys.find(job_id)
    if not isinstance(found, Job):
        raise ClassicError("InvalidJob", f"Unable to find job: {job_id}")
    return found


def find_batch(job: Job, batch_id: str) -> Batch:
    """Return a batch of a job."""
    found = (one for key, one in job.batches.items() if key[:15] == batch_id[:15])
    batch = next(found, None)
    if batch is None:
        raise ClassicError("InvalidBatch", f"Unable to find batch: {batch_id}")
    return batch


def add_batch(
    org: Org, job: Job, rows: list[Row], text: str, *, body: bytes = b"", problem: str = ""
) -> Batch:
    """Take rows, or a statement, and work on them in the background."""
    if job.state != "Open":
        raise ClassicError("InvalidJobState", f"Job is {job.state}")
    if len(rows) > MOST_ROWS:
        raise ClassicError("InvalidBatch", f"Number of rows is over {MOST_ROWS}")
    batch = Batch(org.ids.next("751"), job.id, rows, text, clock.stamp())
    if org.limits.used_others.get(BATCHES, 0) >= org.limits.maxima[BATCHES]:
        raise ClassicError("ExceededQuota", "The daily number of batches is used up")
    org.limits.use(BATCHES)
    if problem:
        batch.state, batch.message = "Failed", problem
    with org.store.write():
        classic_jobs.keep_batch(org, batch)
        classic_jobs.keep_rows(org, batch, body)
    job.batches[batch.id] = batch
    if not problem:
        _start(org, job, batch)
    return batch


def _start(org: Org, job: Job, batch: Batch) -> None:
    org.store.in_background(_work, org, job, batch)


def resume(org: Org) -> None:
    """Take up all jobs that are kept, and go on with what a stop interrupted."""
    for job in classic_jobs.load(org):
        org.deploys[job.id] = job
        for batch in job.batches.values():
            if batch.state in WAITING:
                _start(org, job, batch)


def _work(org: Org, job: Job, batch: Batch) -> None:
    if job.concurrency == "Serial":
        with TURNS[job.id]:
            _carry_out(org, job, batch)
    else:
        _carry_out(org, job, batch)


def _carry_out(org: Org, job: Job, batch: Batch) -> None:
    org.present.origin = f"com/salesforce/api/bulkapi/{job.version}"
    org.present.user_id = job.user_id
    try:
        batch.state = _state_after(org, job, batch)
    except SalesforceError as error:
        text = f"Failed to process query: {error.code}: {error.message}"
        own = error.message if error.code == "FEATURENOTENABLED" else f"InvalidBatch : {text}"
        batch.state, batch.message = "Failed", own
    except Replaced:
        raise
    except Exception:
        LOG.exception("Bulk batch %s failed", batch.id)
        batch.state, batch.message = "Failed", "InternalServerError"
    batch.rows = []
    classic_jobs.keep_batch(org, batch)


def _state_after(org: Org, job: Job, batch: Batch) -> str:
    """Work on a batch; the end of its job stops it only as long as it waits."""
    if job.state == "Aborted" and batch.state == "Queued":
        return "NotProcessed"
    batch.state = "InProgress"
    return _save(org, job, batch) if job.operation not in QUERIES else _query(org, job, batch)


def _query(org: Org, job: Job, batch: Batch) -> str:
    all_rows = job.operation == "queryAll"
    query.check(org, batch.text, all_rows=all_rows)
    if job.chunk_size and not batch.is_part:
        return _divide(org, job, batch)
    if batch.result_id:
        return "Completed"
    base = f"/services/data/v{job.version}"
    page = org.reader.query(batch.text, base=base, all_rows=all_rows)
    found: list[Row] = list(page.records)
    while page.next_cursor is not None:
        page = org.reader.more(page.next_cursor, base=base)
        found += page.records
    batch.result_id = org.ids.next("752")
    with org.store.write():
        classic_jobs.keep_results(org, batch, found)
        classic_jobs.keep_batch(org, batch)
    batch.count(found)
    return "Completed"


def _divide(org: Org, job: Job, batch: Batch) -> str:
    """Put batches for ranges of ids into the place of one; it stays as not processed."""
    parts = [
        Batch(org.ids.next("751"), job.id, [], text, clock.stamp(), is_part=True)
        for text in classic_chunks.statements(org, job.object_name, batch.text, job.chunk_size)
    ]
    with org.store.write():
        for part in parts:
            classic_jobs.keep_batch(org, part)
        batch.state = "NotProcessed"
        classic_jobs.keep_batch(org, batch)
    job.batches.update((part.id, part) for part in parts)
    for part in parts:
        _start(org, job, part)
    return batch.state


def _save(org: Org, job: Job, batch: Batch) -> str:
    context, options = org.context(), SaveOptions(user_id=job.user_id)
    for start in range(batch.processed, len(batch.rows), AT_ONCE):
        with org.store.write():
            rows = batch.rows[start : start + AT_ONCE]
            twice = doubled(job.key, rows)
            found = [_one(context, job, row, options, twice) for row in rows]
            classic_jobs.keep_results(org, batch, found)
        batch.count(found)
    return "Completed"


def _apply(
    context: Context, job: Job, row: Row, options: SaveOptions, twice: frozenset[str]
) -> tuple[str, bool]:
    if UNREADABLE in row:
        raise SalesforceError("INVALID_FIELD", str(row[UNREADABLE]))
    owner = context.schema.require(job.object_name)
    with context.store.write():
        return apply(context, owner, job.operation, job.key, dict(row), options, twice)


def _one(context: Context, job: Job, row: Row, options: SaveOptions, twice: frozenset[str]) -> Row:
    try:
        record_id, created = _apply(context, job, row, options, twice)
    except Unreadable as error:
        return _failed(SalesforceError("INVALID_FIELD", error.as_xsd, [error.field.name]))
    except SalesforceError as error:
        return _failed(error)
    return {"success": True, "created": created, "id": record_id, "errors": []}


def _failed(error: SalesforceError) -> Row:
    items = [{**item, "extendedErrorDetails": None} for item in error.as_items()]
    return {"success": False, "created": False, "id": None, "errors": items}
