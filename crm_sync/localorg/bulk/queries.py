"""The addresses below /jobs/query."""

import base64
from urllib.parse import urlencode

from crm_sync.localorg.bulk import csvs, jobs, query
from crm_sync.localorg.bulk.jobs import QUERY, Job
from crm_sync.localorg.bulk.opening import abort as give_up
from crm_sync.localorg.bulk.opening import choice, new_job, use
from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.numbers import whole

OPERATIONS = dict.fromkeys(("query", "queryAll"), "")
MOST_PAGES = 5
PAGES_SINCE = 58


def create(call: Call) -> Answer:
    """Run a statement in the background."""
    body = call.json_object()
    operation = choice(body, "operation", OPERATIONS)
    text = str(body.get("query") or "")
    select = query.check(call.org, text, all_rows=operation == "queryAll")
    job = new_job(call, QUERY, body, operation, select.scope.owner.name)
    job.query, job.state = text, "UploadComplete"
    use(call, "DailyBulkV2QueryJobs")
    jobs.save(call.org, job)
    answer = Answer(job.as_json())
    query.start(call.org, job)
    return answer


def abort(call: Call, job_id: str) -> Answer:
    """Abort a query job."""
    if call.json_object().get("state") != "Aborted":
        raise SalesforceError("INVALIDJOBSTATE", "A query job can only be aborted")
    return give_up(call, QUERY, job_id)


def _finished(call: Call, job_id: str) -> Job:
    """Return a job whose result is there, and that was made in the version that asks for it."""
    job = jobs.load(call.org, QUERY, job_id)
    if job.version != call.version:
        message = f"The job was created in version {job.version}, use that for its results"
        raise SalesforceError("INVALIDVERSION", message, status=409)
    if job.state != "JobComplete":
        raise SalesforceError("INVALIDJOBSTATE", f"The job is {job.state}")
    return job


def _size(params: dict[str, str]) -> int:
    return min(max(whole(params.get("maxRecords", ""), query.PAGE), 1), query.PAGE)


def _locator(start: int) -> str:
    return base64.b64encode(str(start).encode()).decode().rstrip("=")


def _position(locator: str) -> int:
    if not locator or locator == "null":
        return 0
    try:
        return int(base64.b64decode(locator + "=" * (-len(locator) % 4), validate=True))
    except ValueError as error:
        raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator") from error


def results(call: Call, job_id: str) -> Answer:
    """Return a page of a query job's result."""
    job = _finished(call, job_id)
    params = call.params()
    start = _position(params.get("locator", ""))
    text, count, following = query.page(call.org, job, start, _size(params))
    return csvs.answer(
        text,
        **{
            "Sforce-Locator": "null" if following is None else _locator(following),
            "Sforce-NumberOfRecords": str(count),
        },
    )


def result_pages(call: Call, job_id: str) -> Answer:
    """Return the addresses of the next pages, to be fetched side by side."""
    if float(call.version) < PAGES_SINCE:
        raise not_found()
    job = _finished(call, job_id)
    params = call.params()
    size = _size(params)
    base = f"{call.base}/jobs/query/{job.id}"
    wish = {"maxRecords": params["maxRecords"]} if "maxRecords" in params else {}

    def address(part: str, start: int) -> str:
        return f"{base}/{part}?{urlencode({'locator': _locator(start), **wish})}"

    starts = range(_position(params.get("locator", "")), max(job.processed, 1), size)
    shown, rest = starts[:MOST_PAGES], starts[MOST_PAGES:]
    pages = [{"resultUrl": address("results", start)} for start in shown]
    following = address("resultPages", rest[0]) if rest else None
    return Answer({"resultPages": pages, "nextRecordsUrl": following, "done": not rest})
