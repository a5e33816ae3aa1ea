"""What ingest and query jobs have in common when they are opened, closed and given up."""

from crm_sync.localorg import clock
from crm_sync.localorg.bulk import csvs, jobs
from crm_sync.localorg.bulk.jobs import Job
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call

CONTENT_TYPES = {"CSV": "text/csv"}
ENDED = frozenset(("JobComplete", "Failed", "Aborted"))
Body = dict[str, object]


def choice(body: Body, name: str, known: dict[str, str], default: str = "") -> str:
    """Return one of the words that a property may hold."""
    value = body.get(name)
    value = default if value is None else value
    if not isinstance(value, str) or value not in known:
        message = f"Invalid value: '{value}' supplied for property: '{name}'"
        raise SalesforceError("API_ERROR", message)
    return value


def new_job(call: Call, kind: str, body: Body, operation: str, name: str) -> Job:
    """Return a job in its first state, with the dialect that its body asks for."""
    choice(body, "contentType", CONTENT_TYPES, "CSV")
    return Job(
        id=call.org.ids.next("750"),
        operation=operation,
        object_name=name,
        createdById=call.session.user_id if call.session else call.org.user_id,
        createdDate=clock.stamp(),
        systemModstamp=clock.stamp(),
        state="Open",
        kind=kind,
        version=call.version,
        column_delimiter=choice(body, "columnDelimiter", csvs.DELIMITERS, "COMMA"),
        line_ending=choice(body, "lineEnding", csvs.LINE_ENDINGS, "LF"),
        extra={"client": call.org.present.client},
    )


def use(call: Call, limit: str) -> None:
    """Count against a daily limit, and refuse what is over it."""
    limits = call.org.limits
    if limits.used_others.get(limit, 0) >= limits.maxima[limit]:
        raise SalesforceError("EXCEEDEDQUOTA", f"ExceededQuota : {limit} limit exceeded.")
    limits.use(limit)


def forbidden(doing: str, job: Job) -> SalesforceError:
    """Return the refusal of a step that a job's state does not allow."""
    state = "Completed" if job.state == "JobComplete" else job.state
    return SalesforceError("INVALIDJOBSTATE", f"{doing} already {state} Job not allowed")


def abort(call: Call, kind: str, job_id: str) -> Answer:
    """Give a job up that has not ended."""
    with call.org.store.write():
        job = jobs.load(call.org, kind, job_id)
        if job.state in ENDED:
            raise forbidden("Aborting", job)
        job.state = "Aborted"
        jobs.save(call.org, job)
    return Answer(job.as_json())
