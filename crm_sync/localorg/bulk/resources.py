"""The addresses below /jobs."""

import base64
from itertools import islice

from crm_sync.localorg import clock
from crm_sync.localorg.bulk import csvs, ingest, jobs, query
from crm_sync.localorg.bulk.jobs import INGEST, QUERY, Job
from crm_sync.localorg.errors import SalesforceError, not_found, parser_error
from crm_sync.localorg.messages import Answer, Call, load_json, no_content
from crm_sync.localorg.metadata_api import rest as multipart
from crm_sync.localorg.org import Org
from crm_sync.localorg.schema.model import SObject

OPERATIONS = frozenset(("insert", "update", "upsert", "delete", "hardDelete"))
MAX_UPLOAD = 100 * 1024 * 1024
MAX_INLINE = 100_000
ENDED = frozenset(("JobComplete", "Failed"))
CSV = "text/csv"


def _choice(body: dict[str, object], name: str, known: dict[str, str], default: str) -> str:
    value = body.get(name) or default
    if value not in known:
        raise SalesforceError("INVALIDJOB", f"{name}: {value} is not one of {sorted(known)}")
    return str(value)


def _new(call: Call, kind: str, body: dict[str, object], operation: str, name: str) -> Job:
    user = call.session.user_id if call.session else call.org.user_id
    if body.get("contentType", "CSV") != "CSV":
        raise SalesforceError("INVALIDJOB", "contentType: only CSV is supported")
    return Job(
        id=call.org.ids.next("750"),
        operation=operation,
        object_name=name,
        createdById=user,
        createdDate=clock.stamp(),
        systemModstamp=clock.stamp(),
        state="Open",
        kind=kind,
        version=call.version,
        column_delimiter=_choice(body, "columnDelimiter", csvs.DELIMITERS, "COMMA"),
        line_ending=_choice(body, "lineEnding", csvs.LINE_ENDINGS, "LF"),
        extra={"client": call.org.present.client},
    )


def create_ingest(call: Call) -> Answer:
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
    operation = str(body.get("operation", ""))
    if operation not in OPERATIONS:
        raise SalesforceError("INVALIDJOB", f"InvalidJob : unknown operation {operation!r}")
    owner = call.org.visible.find(str(body.get("object", "")))
    if owner is None or owner.is_event:
        raise SalesforceError("INVALIDENTITY", f"Unable to find object {body.get('object')}")
    job = _new(call, INGEST, body, operation, owner.name)
    if operation == "upsert":
        name = str(body.get("externalIdFieldName") or "")
        if not name:
            raise SalesforceError("INVALIDJOB", "externalIdFieldName is needed for upsert")
        job.key = _key(owner, name)
    _use(call, "DailyBulkApiBatches")
    jobs.save(call.org, job)
    return job


def _key(owner: SObject, name: str) -> str:
    field = owner.find(name)
    if field is None or not (field.is_key or field.name == "Id"):
        message = f"InvalidJob : Field name provided, {name} does not match an External ID"
        raise SalesforceError("INVALIDJOB", f"{message}, Salesforce Id, or indexed field")
    return field.name


def _use(call: Call, limit: str) -> None:
    """Count against a daily limit, and refuse what is over it."""
    limits = call.org.limits
    if limits.used_others.get(limit, 0) >= limits.maxima[limit]:
        raise SalesforceError("EXCEEDEDQUOTA", f"ExceededQuota : {limit} limit exceeded.")
    limits.use(limit)


def upload(call: Call, job_id: str) -> Answer:
    """Take the rows of a job, once."""
    if len(call.body) > MAX_UPLOAD:
        raise SalesforceError("ClientInputError", "The upload is larger than 100 MB", status=413)
    with call.org.store.write():
        job = jobs.load(call.org, INGEST, job_id)
        if job.state != "Open" or jobs.is_uploaded(call.org, job):
            message = "Found multiple contents for job: only one upload is allowed"
            raise SalesforceError("INVALIDJOBSTATE", message)
        jobs.upload(call.org, job, call.body)
    return Answer(raw=b"", status=201)


def change(call: Call, job_id: str) -> Answer:
    """Close or abort a job."""
    state = call.json_object().get("state")
    if state == "Aborted":
        return _abort(call, INGEST, job_id)
    with call.org.store.write():
        job = jobs.load(call.org, INGEST, job_id)
        if state != "UploadComplete":
            raise SalesforceError("INVALIDJOBSTATE", f"A job cannot be set to {state}")
        if job.state != "Open":
            raise SalesforceError("INVALIDJOBSTATE", f"The job is {job.state}")
        job.state = "UploadComplete"
        jobs.save(call.org, job)
    answer = Answer(job.as_json())
    ingest.start(call.org, job)
    return answer


def _abort(call: Call, kind: str, job_id: str) -> Answer:
    with call.org.store.write():
        job = jobs.load(call.org, kind, job_id)
        if job.state in ENDED:
            raise SalesforceError("INVALIDJOBSTATE", f"The job is {job.state}")
        job.state = "Aborted"
        jobs.save(call.org, job)
    return Answer(job.as_json())


def read(call: Call, kind: str, job_id: str) -> Answer:
    """Return a job."""
    return Answer(jobs.load(call.org, kind.lower(), job_id).as_json())


def listing(call: Call, kind: str) -> Answer:
    """Return all jobs."""
    found = [job.as_json() for job in jobs.every(call.org, kind.lower())]
    return Answer({"done": True, "nextRecordsUrl": None, "records": found})


def remove(call: Call, kind: str, job_id: str) -> Answer:
    """Forget a job that has ended."""
    with call.org.store.write():
        job = jobs.load(call.org, kind.lower(), job_id)
        if job.state == "InProgress":
            raise SalesforceError("INVALIDJOBSTATE", f"The job is {job.state}")
        jobs.delete(call.org, job)
    return no_content()


def _csv(text: str, **headers: str) -> Answer:
    return Answer(raw=text.encode(), content_type=CSV, headers=dict(headers))


def results(call: Call, job_id: str, which: str) -> Answer:
    """Return what became of the rows."""
    job = jobs.load(call.org, INGEST, job_id)
    header = ingest.header_of(call.org, job)
    kind = which.lower()
    if kind == "unprocessedrecords":
        return _csv(_unprocessed(call, job, header))
    first = {"successfulresults": "sf__Created", "failedresults": "sf__Error"}.get(kind)
    if first is None:
        raise not_found()
    column = "good" if kind == "successfulresults" else "bad"
    head = csvs.line(["sf__Id", first, *header], job.column_delimiter, job.line_ending)
    return _csv(head + jobs.results(call.org, job, column))


def _unprocessed(call: Call, job: Job, header: list[str]) -> str:
    lines = [csvs.line(header, job.column_delimiter, job.line_ending)] if header else []
    if job.state in {"Failed", "Aborted"}:
        found = csvs.rows(jobs.uploaded(call.org, job), job.column_delimiter)
        found = islice(found, 1 + job.processed, None)
        lines += [csvs.line(row, job.column_delimiter, job.line_ending) for row in found]
    return "".join(lines)


def create_query(call: Call) -> Answer:
    """Run a statement in the background."""
    body = call.json_object()
    operation = str(body.get("operation", ""))
    if operation not in {"query", "queryAll"}:
        raise SalesforceError("INVALIDJOB", f"InvalidJob : unknown operation {operation!r}")
    text = str(body.get("query") or "")
    select = query.check(call.org, text, all_rows=operation == "queryAll")
    job = _new(call, QUERY, body, operation, select.scope.owner.name)
    job.query, job.state = text, "UploadComplete"
    _use(call, "DailyBulkV2QueryJobs")
    jobs.save(call.org, job)
    answer = Answer(job.as_json())
    query.start(call.org, job)
    return answer


def abort_query(call: Call, job_id: str) -> Answer:
    """Abort a query job."""
    if call.json_object().get("state") != "Aborted":
        raise SalesforceError("INVALIDJOBSTATE", "A query job can only be aborted")
    return _abort(call, QUERY, job_id)


def query_results(call: Call, job_id: str) -> Answer:
    """Return a page of a query job's result."""
    job = jobs.load(call.org, QUERY, job_id)
    if job.state != "JobComplete":
        raise SalesforceError("INVALIDJOBSTATE", f"The job is {job.state}")
    params = call.params()
    size = params.get("maxRecords", "")
    start = _position(params.get("locator", ""))
    most = min(max(int(size), 1), query.PAGE) if size.isdigit() and len(size) < 9 else query.PAGE
    text, count, following = query.page(call.org, job, start, most)
    locator = "null" if following is None else base64.b64encode(str(following).encode()).decode()
    headers = {"Sforce-Locator": locator, "Sforce-NumberOfRecords": str(count)}
    return Answer(raw=text.encode(), content_type=CSV, headers=headers)


def _position(locator: str) -> int:
    if not locator or locator == "null":
        return 0
    try:
        return int(base64.b64decode(locator, validate=True))
    except ValueError as error:
        raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator") from error


def resume(org: Org) -> None:
    """Go on with the jobs that a stop interrupted."""
    for kind, start in ((INGEST, ingest.start), (QUERY, query.start)):
        for job in jobs.every(org, kind):
            if job.state in {"UploadComplete", "InProgress"}:
                start(org, job)
