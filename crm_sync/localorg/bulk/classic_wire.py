"""Addresses of Bulk API 1.0, and the formats in which it speaks of jobs and batches."""

import re
from collections.abc import Callable

from crm_sync.localorg.bodies import load_json
from crm_sync.localorg.bulk import classic, classic_chunks, classic_formats, classic_jobs, csvs
from crm_sync.localorg.bulk.classic import ClassicError
from crm_sync.localorg.bulk.classic_formats import Facts, answer_json, answer_xml, element
from crm_sync.localorg.bulk.classic_jobs import QUERIES, Batch, Job, Row
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest import versions
from crm_sync.localorg.schema import xml

ADDRESS = re.compile(
    r"/services/async/(?P<version>\d+\.\d+)/job(?:/(?P<job>\w+))?(?P<batches>/batch)?"
    r"(?:/(?P<batch>\w+))?(?:/(?P<part>result|request))?(?:/(?P<result>\w+))?/?\Z"
)
CODES = {
    "INVALID_SESSION_ID": "InvalidSessionId",
    "REQUEST_LIMIT_EXCEEDED": "ExceededQuota",
    "GONE": "InvalidVersion",
    "NOT_FOUND": "InvalidVersion",
    "INVALID_XML": "InvalidXML",
    "SERVER_UNAVAILABLE": "InternalServerError",
    "UNKNOWN_EXCEPTION": "InternalServerError",
}
REQUEST_TYPES = {"CSV": "text/csv", "JSON": "application/json", "XML": "application/xml"}


def _is_json(call: Call, job: Job | None = None) -> bool:
    """Say whether to speak JSON: as the job's records do; where there is no job, as the request."""
    if job is not None:
        return job.format == "JSON"
    return "json" in call.header("content-type").lower()


def _shown(call: Call, name: str, facts: Facts, job: Job | None, status: int = 200) -> Answer:
    if _is_json(call, job):
        return answer_json(facts, status)
    return answer_xml(element(name, facts), status)


def _body(call: Call) -> Facts:
    if _is_json(call):
        found = load_json(call.body)
        return found if isinstance(found, dict) else {}
    root = xml.parse(call.body)
    return {xml.local(each): each.text for each in root if isinstance(each.tag, str)}


def _jobs(call: Call, _words: Facts) -> Answer:
    user = call.session.user_id if call.session else call.org.user_id
    size = classic_chunks.wished_size(call.header("sforce-enable-pkchunking"))
    job = classic.open_job(call.org, _body(call), call.version, user, size)
    return _shown(call, "jobInfo", job.facts(), None, 201)


def _job(call: Call, words: Facts) -> Answer:
    job = classic.find_job(call.org, words["job"])
    if call.method == "POST":
        classic.set_state(call.org, job, _body(call).get("state"))
    return _shown(call, "jobInfo", job.facts(), job)


def _added(call: Call, job: Job) -> Batch:
    if job.operation in QUERIES:
        return classic.add_batch(call.org, job, [], csvs.decode(call.body))
    if not call.body.strip():
        raise ClassicError("ClientInputError", "The batch is empty")
    owner = call.org.schema.require(job.object_name)
    rows: list[Row] = []
    problem = ""
    try:
        rows = classic_formats.read(owner, job, call.body)
    except SalesforceError as error:
        code = f"{CODES.get(error.code, 'InvalidBatch')} : "
        problem = code + error.message.removeprefix(code)
    return classic.add_batch(call.org, job, rows, "", body=call.body, problem=problem)


def _batches(call: Call, words: Facts) -> Answer:
    job = classic.find_job(call.org, words["job"])
    if call.method == "POST":
        return _shown(call, "batchInfo", _added(call, job).facts(), job, 201)
    found = [batch.facts() for batch in list(job.batches.values())]
    if _is_json(call, job):
        return answer_json({"batchInfo": found})
    root = element("batchInfoList")
    for facts in found:
        element("batchInfo", facts, root)
    return answer_xml(root)


def _batch(call: Call, words: Facts) -> Answer:
    job = classic.find_job(call.org, words["job"])
    batch = classic.find_batch(job, words["batch"])
    if words["part"] == "request":
        body = classic_jobs.body_of(call.org, batch)
        return Answer(raw=body, content_type=_request_type(job))
    if words["part"] == "result":
        if batch.state == "Failed":
            raise ClassicError("InvalidBatch", "Records not processed")
        if batch.state != "Completed":
            raise ClassicError("InvalidBatch", "Batch not completed")
        return _result(call, job, batch, words["result"])
    return _shown(call, "batchInfo", batch.facts(), job)


def _request_type(job: Job) -> str:
    return f"zip/{job.format.lower()}" if job.is_zip else REQUEST_TYPES[job.format]


def _result(call: Call, job: Job, batch: Batch, result_id: str | None) -> Answer:
    if job.operation not in QUERIES:
        return classic_formats.results(call.org, job, batch)
    if result_id is not None:
        return classic_formats.found(call.org, job, batch)
    if _is_json(call, job):
        return answer_json([batch.result_id])
    return answer_xml(element("result-list", {"result": batch.result_id}))


def _handler(words: Facts) -> Callable[[Call, Facts], Answer]:
    if words["batch"]:
        return _batch
    if words["batches"]:
        return _batches
    return _job if words["job"] else _jobs


def _refused(call: Call, error: ClassicError) -> Answer:
    facts = {"exceptionCode": error.code, "exceptionMessage": error.message}
    if _is_json(call):
        return answer_json(facts, error.status)
    return answer_xml(element("error", facts), error.status)


def refused(call: Call, error: SalesforceError) -> Answer:
    """Return a failure of the org itself in the words of this API."""
    status = error.status if error.status >= 500 else 400
    code = CODES.get(error.code, "InvalidBatch")
    return _refused(call, ClassicError(code, error.message, status))


def _carried_out(call: Call, words: Facts) -> Answer:
    call.version = words["version"]
    versions.check(call.version)
    token = call.header("x-sfdc-session") or call.header("authorization").partition(" ")[2]
    call.session = call.org.sessions.find(token)
    call.act()
    if call.session is None:
        raise ClassicError("InvalidSessionId", "Invalid session id")
    return _handler(words)(call, words)


def answer(call: Call) -> Answer:
    """Answer one call."""
    match = ADDRESS.match(call.path)
    if match is None:
        return _refused(call, ClassicError("InvalidUrl", "Destination URL not reachable", 404))
    try:
        return _carried_out(call, match.groupdict())
    except ClassicError as error:
        return _refused(call, error)
    except SalesforceError as error:
        return refused(call, error)
