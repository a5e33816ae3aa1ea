"""All jobs together: reading, listing and deleting them, and going on after a stop."""

import re
from urllib.parse import urlencode

from crm_sync.localorg.bulk import classic_jobs, ingest, jobs, query
from crm_sync.localorg.bulk.jobs import INGEST, QUERY
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call, no_content
from crm_sync.localorg.org import Org

MOST_LISTED = 1000
LOCATOR = re.compile(r"\w{15,18}-(\d{1,9})\Z")
CLASSIC = "Classic"
FACTS = (
    "id",
    "operation",
    "object",
    "createdById",
    "createdDate",
    "systemModstamp",
    "state",
    "concurrencyMode",
    "contentType",
    "apiVersion",
)
Facts = dict[str, object]


def read(call: Call, kind: str, job_id: str) -> Answer:
    """Return a job."""
    return Answer(jobs.load(call.org, kind.lower(), job_id).as_json())


def remove(call: Call, kind: str, job_id: str) -> Answer:
    """Forget a job that nobody works on and that takes no more rows."""
    with call.org.store.write():
        job = jobs.load(call.org, kind.lower(), job_id)
        if job.state in {"Open", "InProgress"}:
            raise SalesforceError("INVALIDJOBSTATE", f"Deleting {job.state} Job not allowed")
        jobs.delete(call.org, job)
    return no_content()


def _classic(org: Org) -> list[tuple[Facts, bool]]:
    """Return the jobs of Bulk API 1.0, and whether their queries are cut by record id."""
    found = [each for each in list(org.deploys.values()) if isinstance(each, classic_jobs.Job)]
    return [
        ({name: facts[name] for name in FACTS} | {"jobType": CLASSIC}, bool(job.chunk_size))
        for job, facts in ((each, each.facts()) for each in found)
    ]


def _wanted(call: Call, kind: str) -> list[Facts]:
    params = {name.lower(): value for name, value in call.params().items()}
    newer = [(each.as_json(), False) for each in jobs.every(call.org, kind)]
    found = [*newer, *_classic(call.org)]
    if params.get("ispkchunkingenabled", "").lower() == "true":
        found = [each for each in found if each[1]]
    for name in ("jobType", "concurrencyMode"):
        wish = params.get(name.lower(), "").lower()
        found = [each for each in found if not wish or str(each[0][name]).lower() == wish]
    return [each for each, _is_chunked in found]


def listing(call: Call, kind: str) -> Answer:
    """Return the jobs that a client asks for, a thousand at a time."""
    params = call.params()
    locator = LOCATOR.match(params.get("queryLocator", ""))
    if params.get("queryLocator") and locator is None:
        raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
    start = int(locator.group(1)) if locator else 0
    found = _wanted(call, kind.lower())
    following = None
    if len(found) > start + MOST_LISTED:
        mark = f"{call.org.ids.next('01g')}-{start + MOST_LISTED}"
        again = urlencode({**params, "queryLocator": mark})
        following = f"{call.base}/jobs/{kind.lower()}?{again}"
    shown = found[start : start + MOST_LISTED]
    return Answer({"done": following is None, "records": shown, "nextRecordsUrl": following})


def resume(org: Org) -> None:
    """Go on with the jobs that a stop interrupted."""
    for kind, start in ((INGEST, ingest.start), (QUERY, query.start)):
        for job in jobs.every(org, kind):
            if job.state in {"UploadComplete", "InProgress"}:
                start(org, job)
