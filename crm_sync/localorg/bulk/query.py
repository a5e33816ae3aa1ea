"""Query jobs: a frozen result that is fetched in pages."""

import logging
import time

from crm_sync.localorg.bulk import csvs, jobs
from crm_sync.localorg.bulk.jobs import Job
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.soql import restricted
from crm_sync.localorg.soql.compiler import Select, has_files
from crm_sync.localorg.soql.nodes import Call, Path, TypeOf
from crm_sync.localorg.soql.shape import Address, Leaf, Node
from crm_sync.localorg.store.database import Replaced

LOG = logging.getLogger(__name__)
PAGE = 50_000
CHUNK = 2000


def check(org: Org, text: str, *, all_rows: bool) -> Select:
    """Compile a statement; what Bulk cannot do is refused."""
    restricted.check(text)
    select = org.reader.compile(text, all_rows=all_rows)
    if has_files(select):
        message = "FeatureNotEnabled : Binary field not supported"
        raise SalesforceError("FEATURENOTENABLED", message)
    problem = _unsupported(select)
    if problem:
        raise SalesforceError("API_ERROR", f"{problem} not supported in Bulk Query")
    return select


def _unsupported(select: Select) -> str:
    """Return the first thing in a statement that Bulk cannot do."""
    query = select.query
    wishes = [column.what for column in query.columns]
    problems = {
        "Aggregate Relationships": bool(select.subqueries),
        "Aggregate functions and GROUP BY": select.aggregated or query.count_only,
        "OFFSET": query.offset is not None,
        "TYPEOF": any(isinstance(each, TypeOf) for each in wishes),
        "FIELDS()": any(isinstance(each, Call) and each.name == "FIELDS" for each in wishes),
        "Selecting compound data": select.node is None or select.node.has(Address),
    }
    return next((problem for problem, found in problems.items() if found), "")


def _freeze(org: Org, job: Job) -> None:
    """Run a job's statement and keep which records it found."""
    started = time.monotonic()
    org.present.user_id = job.createdById
    try:
        found = org.reader.freeze(job.query, all_rows=job.operation == "queryAll")
        job.cursor, job.processed = found
        job.state = "JobComplete"
    except SalesforceError as error:
        job.state, job.error = "Failed", error.message
    except Replaced:
        raise
    except Exception:
        LOG.exception("Bulk query %s failed", job.id)
        job.state, job.error = "Failed", "InternalError"
    job.milliseconds = int((time.monotonic() - started) * 1000)
    with org.store.write():
        kept = jobs.find(org, jobs.QUERY, job.id)
        if kept is not None and kept.state != "Aborted":
            jobs.save(org, job)


def start(org: Org, job: Job) -> None:
    """Run a job's statement in the background."""
    org.store.in_background(_freeze, org, job)


def _paths(node: Node, prefix: str = "") -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for item in node.items:
        if isinstance(item, Leaf):
            found.append((*prefix.split("."), item.name) if prefix else (item.name,))
        elif isinstance(item, tuple):
            found += _paths(item[1], f"{prefix}.{item[0]}" if prefix else item[0])
    return found


def columns(select: Select) -> list[tuple[str, ...]]:
    """Return what a statement selects, in its own order; parents may come between fields."""
    if select.node is None:
        return []
    asked = [each.what for each in select.query.columns]
    named = [select.scope.parts_of(each) if isinstance(each, Path) else () for each in asked]
    order = {".".join(parts).lower(): place for place, parts in enumerate(named) if parts}
    found = _paths(select.node)
    places = {path: order.get(".".join(path).lower(), -1) for path in found}
    if -1 in places.values():
        return found
    return sorted(found, key=places.__getitem__)


def cell(record: object, path: tuple[str, ...]) -> str:
    """Return one value of a record as CSV has it."""
    value = record
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"{text[:-5]}Z" if text.endswith(".000+0000") else text


def page(org: Org, job: Job, start: int, size: int) -> tuple[str, int, int | None]:
    """Return a page as CSV, the number of its records, and where the next page begins."""
    paths = columns(check(org, job.query, all_rows=job.operation == "queryAll"))
    header = csvs.line([".".join(path) for path in paths], job.column_delimiter, job.line_ending)
    if start >= job.processed:
        return header, 0, None
    end = min(start + size, job.processed)
    lines = [header]
    for first in range(start, end, CHUNK):
        found = org.reader.more(f"{job.cursor}-{first}", size=min(CHUNK, end - first)).records
        lines += [
            csvs.line([cell(record, path) for path in paths], job.column_delimiter, job.line_ending)
            for record in found
        ]
    return "".join(lines), len(lines) - 1, end if end < job.processed else None
