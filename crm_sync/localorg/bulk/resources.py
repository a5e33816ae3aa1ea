"""The addresses below /jobs/ingest."""

from itertools import islice

from crm_sync.localorg.bodies import load_json
from crm_sync.localorg.bulk import csvs, ingest, jobs
from crm_sync.localorg.bulk.jobs import INGEST, Job
from crm_sync.localorg.bulk.opening import abort, choice, forbidden, new_job, use
from crm_sync.localorg.errors import SalesforceError, not_found, parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.metadata_api import rest as multipart
from crm_sync.localorg.schema.model import SObject

OPERATIONS = dict.fromkeys(("insert", "update", "upsert", "delete", "hardDelete"), "")
MAX_UPLOAD = 100 * 1024 * 1024
MAX_INLINE = 100_000
HARD_DELETE = "BulkApiHardDelete"
NO_HARD_DELETE = (
    "hardDelete operation requires special user profile permission, "
    "please contact your system administrator"
)
ONCE = (
    "please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job "
    "and make sure you only do 'PUT' once on a given Job."
)


def create(call: Call) -> Answer:
    """Open a job that will take rows, or take them along with the job."""
    if not call.header("content-type").startswith("multipart/"):
        return Answer(_create(call, call.json_object()).as_json())
    parts = multipart.parts(call)
    body, content = load_json(parts.get("job", b"")), parts.get("content", b"")
    if not isinstance(body, dict):
        raise parser_error("The part job has to be a JSON object")
    if len(content) > MAX_INLINE:
        raise SalesforceError("CLIENTINPUTERROR", f"content: more than {MAX_INLINE} characters")
    with call.org.store.write():
        job = _create(call, body)
        jobs.upload(call.org, job, content)
        job.state = "UploadComplete"
        jobs.save(call.org, job)
    answer = Answer(job.as_json())
    ingest.start(call.org, job)
    return answer


def _create(call: Call, body: dict[str, object]) -> Job:
    operation = choice(body, "operation", OPERATIONS)
    name = str(body.get("object") or "")
    owner = call.org.visible.find(name)
    if owner is None or owner.is_event:
        raise SalesforceError("INVALIDJOB", f"InvalidJob : Unable to find object: {name}")
    _check_right(call, operation)
    job = new_job(call, INGEST, body, operation, owner.name)
    if operation == "upsert":
        job.key = _key(owner, str(body.get("externalIdFieldName") or ""))
    if body.get("assignmentRuleId"):
        job.extra["rule"] = str(body["assignmentRuleId"])
    use(call, "DailyBulkApiBatches")
    jobs.save(call.org, job)
    return job


def _check_right(call: Call, operation: str) -> None:
    if operation == "hardDelete" and not call.org.view.has(HARD_DELETE):
        raise SalesforceError("FEATURENOTENABLED", f"FeatureNotEnabled : {NO_HARD_DELETE}")


def _key(owner: SObject, name: str) -> str:
    if not name:
        message = (
            f"External ID was blank for {owner.name}. An External ID must be specified for upsert."
        )
        raise SalesforceError("INVALIDJOB", f"InvalidJob : {message}")
    field = owner.find(name)
    if field is None or not (field.is_key or field.name == "Id"):
        message = f"Field name provided, {name} does not match an External ID for {owner.name}"
        raise SalesforceError("INVALIDJOB", f"InvalidJob : {message}")
    return field.name


def upload(call: Call, job_id: str) -> Answer:
    """Take the rows of a job, once."""
    if len(call.body) > MAX_UPLOAD:
        raise SalesforceError("CLIENTINPUTERROR", "The upload is larger than 100 MB", status=413)
    with call.org.store.write():
        job = jobs.load(call.org, INGEST, job_id)
        if job.state != "Open":
            raise forbidden("Uploading to", job)
        if jobs.is_uploaded(call.org, job):
            message = f"Found multiple contents for job: <{job.id[:15]}>, {ONCE}"
            raise SalesforceError("BULK_API_ERROR", message)
        jobs.upload(call.org, job, call.body)
    return Answer(raw=b"", status=201)


def change(call: Call, job_id: str) -> Answer:
    """Close or abort a job."""
    state = call.json_object().get("state")
    if state == "Aborted":
        return abort(call, INGEST, job_id)
    with call.org.store.write():
        job = jobs.load(call.org, INGEST, job_id)
        if state != "UploadComplete":
            raise SalesforceError("INVALIDJOBSTATE", f"A job cannot be set to {state}")
        if job.state != "Open":
            raise forbidden("Closing", job)
        job.state = "UploadComplete"
        jobs.save(call.org, job)
    answer = Answer(job.as_json())
    ingest.start(call.org, job)
    return answer


def results(call: Call, job_id: str, which: str) -> Answer:
    """Return what became of the rows."""
    job = jobs.load(call.org, INGEST, job_id)
    header = ingest.header_of(call.org, job)
    kind = which.lower()
    if kind == "unprocessedrecords":
        return csvs.answer(_unprocessed(call, job, header))
    first = {"successfulresults": "sf__Created", "failedresults": "sf__Error"}.get(kind)
    if first is None:
        raise not_found()
    column = "good" if kind == "successfulresults" else "bad"
    head = csvs.line(["sf__Id", first, *header], job.column_delimiter, job.line_ending)
    return csvs.answer(head + jobs.results(call.org, job, column))


def _unprocessed(call: Call, job: Job, header: list[str]) -> str:
    lines = [csvs.line(header, job.column_delimiter, job.line_ending)] if header else []
    if job.state in {"Failed", "Aborted"}:
        found = csvs.rows(jobs.uploaded(call.org, job), job.column_delimiter)
        found = islice(found, 1 + job.processed, None)
        try:
            lines += [csvs.line(row, job.column_delimiter, job.line_ending) for row in found]
        except SalesforceError:
            # Nothing of a file that is no CSV was processed.
            return jobs.uploaded(call.org, job).read().decode("utf-8", "replace")
    return "".join(lines)
