"""Addresses and formats of Bulk API 1.0: JSON, or XML with CSV."""

import io
import re
from collections.abc import Callable
from typing import Any

from lxml import etree

from crm_sync.localorg.bulk import classic, csvs
from crm_sync.localorg.bulk.classic import ClassicError
from crm_sync.localorg.bulk.classic_jobs import QUERIES, Batch, Job
from crm_sync.localorg.bulk.ingest import to_record
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call, load_json
from crm_sync.localorg.schema import xml

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
ADDRESS = re.compile(
    r"/services/async/(?P<version>\d+\.\d+)/job(?:/(?P<job>\w+))?(?P<batches>/batch)?"
    r"(?:/(?P<batch>\w+))?(?:/(?P<part>result|request))?(?:/(?P<result>\w+))?/?\Z"
)
Facts = dict[str, Any]


def _is_json(call: Call, job: Job | None = None) -> bool:
    if job is not None and job.content_type:
        return job.content_type == "JSON"
    return "json" in call.header("content-type").lower()


def _xml(name: str, facts: Facts, parent: etree._Element | None = None) -> etree._Element:
    tag = f"{{{NAMESPACE}}}{name}"
    made = etree.Element(tag, nsmap={None: NAMESPACE})
    if parent is not None:
        made = etree.SubElement(parent, tag)
    for key, value in facts.items():
        if value is not None:
            etree.SubElement(made, f"{{{NAMESPACE}}}{key}").text = str(value)
    return made


def _answer_xml(root: etree._Element, status: int = 200) -> Answer:
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Answer(raw=text, status=status, content_type="application/xml")


def _shown(call: Call, name: str, facts: Facts, job: Job, status: int = 200) -> Answer:
    if _is_json(call, job):
        return Answer(facts, status=status)
    return _answer_xml(_xml(name, facts), status)


def _body(call: Call) -> Facts:
    if _is_json(call):
        found = load_json(call.body)
        return found if isinstance(found, dict) else {}
    root = xml.parse(call.body)
    return {xml.local(each): each.text for each in root if isinstance(each.tag, str)}


def _rows(call: Call, job: Job) -> tuple[list[Facts], str]:
    if job.operation in QUERIES:
        return [], csvs.decode(call.body)
    if _is_json(call, job):
        found = load_json(call.body)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise ClassicError("InvalidBatch", "A list of records is expected")
        return found, ""
    csvs.check(io.BytesIO(call.body))
    lines = csvs.rows(io.BytesIO(call.body), "COMMA")
    header = [name.strip() for name in next(lines, [])]
    rows = [to_record(header, cells) for cells in lines if len(cells) == len(header)]
    return rows, ""


def _jobs(call: Call, _words: Facts) -> Answer:
    user = call.session.user_id if call.session else call.org.user_id
    job = classic.open_job(call.org, _body(call), call.version, user)
    return _shown(call, "jobInfo", job.facts(), job, 201)


def _job(call: Call, words: Facts) -> Answer:
    job = classic.find_job(call.org, words["job"])
    if call.method == "POST":
        classic.set_state(call.org, job, _body(call).get("state"))
    return _shown(call, "jobInfo", job.facts(), job)


def _batches(call: Call, words: Facts) -> Answer:
    job = classic.find_job(call.org, words["job"])
    if call.method == "POST":
        rows, text = _rows(call, job)
        batch = classic.add_batch(call.org, job, rows, text)
        return _shown(call, "batchInfo", batch.facts(), job, 201)
    found = [batch.facts() for batch in job.batches.values()]
    if _is_json(call, job):
        return Answer({"batchInfo": found})
    root = _xml("batchInfoList", {})
    for facts in found:
        _xml("batchInfo", facts, root)
    return _answer_xml(root)


def _batch(call: Call, words: Facts) -> Answer:
    job = classic.find_job(call.org, words["job"])
    batch = classic.find_batch(job, words["batch"])
    if words["part"] == "request":
        return Answer(batch.rows)
    if words["part"] == "result":
        if batch.state not in {"Completed", "Failed"}:
            raise ClassicError("InvalidBatch", "Batch not completed")
        return _result(call, job, batch, words["result"])
    return _shown(call, "batchInfo", batch.facts(), job)


def _result(call: Call, job: Job, batch: Batch, result_id: str | None) -> Answer:
    as_json = _is_json(call, job)
    if job.operation in QUERIES:
        if result_id is not None:
            return Answer(batch.results) if as_json else _csv(_flat(batch.results))
        if as_json:
            return Answer([batch.result_id])
        root = _xml("result-list", {"result": batch.result_id})
        return _answer_xml(root)
    if as_json:
        return Answer(batch.results)
    rows = [["Id", "Success", "Created", "Error"]]
    for each in batch.results:
        error = each["errors"][0] if each["errors"] else None
        text = f"{error['statusCode']}:{error['message']}:--" if error else ""
        done = [str(each[name]).lower() for name in ("success", "created")]
        rows.append([each["id"] or "", *done, text])
    return _csv(rows)


def _cells(record: Facts, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            found |= _cells(value, f"{prefix}{name}.") if name != "attributes" else {}
        elif isinstance(value, bool):
            found[prefix + name] = str(value).lower()
        else:
            found[prefix + name] = "" if value is None else str(value)
    return found


def _flat(records: list[Facts]) -> list[list[str]]:
    cells = [_cells(record) for record in records]
    every = dict.fromkeys(name for one in cells for name in one)
    parents = {name.rpartition(".")[0] for name in every}
    names = [name for name in every if name not in parents]
    return [names, *([one.get(name, "") for name in names] for one in cells)]


def _csv(rows: list[list[str]]) -> Answer:
    text = "".join(csvs.line(row, "COMMA", "LF") for row in rows)
    return Answer(raw=text.encode(), content_type="text/csv")


def _handler(words: Facts) -> Callable[[Call, Facts], Answer]:
    if words["batch"]:
        return _batch
    if words["batches"]:
        return _batches
    return _job if words["job"] else _jobs


def _refused(call: Call, error: ClassicError) -> Answer:
    facts = {"exceptionCode": error.code, "exceptionMessage": error.message}
    if _is_json(call):
        return Answer(facts, status=error.status)
    return _answer_xml(_xml("error", facts), error.status)


def answer(call: Call) -> Answer:
    """Answer one call."""
    match = ADDRESS.match(call.path)
    if match is None:
        return _refused(call, ClassicError("InvalidUrl", "Destination URL not reachable", 404))
    call.version = match.group("version")
    token = call.header("x-sfdc-session") or call.header("authorization").partition(" ")[2]
    call.session = call.org.sessions.find(token)
    call.act()
    if call.session is None:
        return _refused(call, ClassicError("InvalidSessionId", "Invalid session id", 401))
    words = match.groupdict()
    try:
        return _handler(words)(call, words)
    except ClassicError as error:
        return _refused(call, error)
    except SalesforceError as error:
        return _refused(call, ClassicError("InvalidBatch", error.message))
