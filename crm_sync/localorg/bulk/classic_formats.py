"""Records and results of Bulk API 1.0 in CSV, XML and JSON."""

import io
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from lxml import etree

from crm_sync.localorg.bodies import load_json
from crm_sync.localorg.bulk import classic_files, classic_jobs, csvs, query
from crm_sync.localorg.bulk.classic import UNREADABLE
from crm_sync.localorg.bulk.classic_jobs import Batch, Job
from crm_sync.localorg.bulk.ingest import (
    BINARY,
    WRONG_CELLS,
    check_header,
    error_text,
    to_record,
)
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer
from crm_sync.localorg.org import Org
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.soql.shape import Leaf, Node

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NIL = f"{{{XSI}}}nil"
KIND = f"{{{XSI}}}type"
NO_RECORDS = "Records not found for this query"
Facts = dict[str, Any]


def element(
    name: str, facts: Facts | None = None, parent: etree._Element | None = None
) -> etree._Element:
    """Return an element with a child for each fact that is known."""
    tag = f"{{{NAMESPACE}}}{name}"
    made = etree.Element(tag, nsmap={None: NAMESPACE, "xsi": XSI}) if parent is None else None
    if made is None:
        made = etree.SubElement(parent, tag)
    for key, value in (facts or {}).items():
        if value is not None:
            etree.SubElement(made, f"{{{NAMESPACE}}}{key}").text = _text(value)
    return made


def answer_xml(root: etree._Element, status: int = 200) -> Answer:
    """Return an element as an answer."""
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Answer(raw=text, status=status, content_type="application/xml")


def answer_json(data: object, status: int = 200) -> Answer:
    """Return data in JSON; older libraries look for just this type."""
    return Answer(data, status=status, content_type="application/json")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"{text[:-5]}Z" if text.endswith(".000+0000") else text


def read(owner: SObject, job: Job, body: bytes) -> list[Facts]:
    """Read the records of a batch, or say why none of them can be saved."""
    if not job.is_zip:
        return _read(owner, job, body)
    text, files = classic_files.unpacked(body)
    return classic_files.filled(owner, _read(owner, job, text), files)


def _read(owner: SObject, job: Job, body: bytes) -> list[Facts]:
    if job.format == "CSV":
        return _read_csv(owner, job, body)
    rows = _read_json(body) if job.format == "JSON" else _read_xml(body)
    if not job.is_zip:
        for name in chain.from_iterable(classic_files.binary(owner, row) for row in rows):
            raise SalesforceError("InvalidBatch", BINARY.format(name))
    return rows


def _read_xml(body: bytes) -> list[Facts]:
    return [_record(each) for each in xml.children(xml.parse(body), "sObject")]


def _record(found: etree._Element) -> Facts:
    record: Facts = {}
    for each in found.iterchildren(tag=etree.Element):
        inner = xml.child(each, "sObject")
        if each.get(NIL) == "true":
            record[xml.local(each)] = None
        elif inner is not None:
            parent = _record(inner)
            kind = parent.pop("type", None)
            named = {"attributes": {"type": kind}} if kind else {}
            record[xml.local(each)] = {**named, **parent}
        elif each.text:
            record[xml.local(each)] = each.text
    return record


def _read_csv(owner: SObject, job: Job, body: bytes) -> list[Facts]:
    csvs.check(io.BytesIO(body))
    lines = csvs.rows(io.BytesIO(body), "COMMA")
    header = [name.strip() for name in next(lines, [])]
    check_header(owner, header, with_files=job.is_zip)
    fits = len(header)
    return [
        to_record(header, cells) if len(cells) == fits else {UNREADABLE: WRONG_CELLS}
        for cells in lines
    ]


def _read_json(body: bytes) -> list[Facts]:
    found = load_json(body)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise SalesforceError("InvalidBatch", "A list of records is expected")
    return found


def results(org: Org, job: Job, batch: Batch) -> Answer:
    """Return what became of the rows of a batch."""
    kept = classic_jobs.results_of(org, batch)
    if job.format == "JSON":
        return answer_json(kept)
    if job.format == "XML":
        root = element("results")
        for each in kept:
            _result_xml(root, each)
        return answer_xml(root)
    rows = [["Id", "Success", "Created", "Error"]]
    for each in kept:
        done = [_text(each[name]) for name in ("success", "created")]
        texts = [
            error_text(error["statusCode"], error["message"], error["fields"])
            for error in each["errors"]
        ]
        rows.append([each["id"] or "", *done, ";".join(texts)])
    return csvs.answer("".join(csvs.line(row, "COMMA", "LF") for row in rows))


def _result_xml(root: etree._Element, result: Facts) -> None:
    made = element("result", parent=root)
    for error in result["errors"]:
        shown = element("errors", parent=made)
        for name in error["fields"]:
            element("fields", parent=shown).text = name
        element("message", parent=shown).text = error["message"]
        element("statusCode", parent=shown).text = error["statusCode"]
    for name in ("id", "success", "created"):
        if result[name] is not None:
            element(name, parent=made).text = _text(result[name])


def found(org: Org, job: Job, batch: Batch) -> Answer:
    """Return the records that a query found."""
    kept = classic_jobs.results_of(org, batch)
    select = query.check(org, batch.text, all_rows=job.operation == "queryAll")
    if job.format == "JSON":
        node = select.node
        return answer_json([_numbered(each, node) for each in kept] if node else [])
    if job.format == "XML":
        root = element("queryResult")
        for each in kept:
            _record_xml(element("records", parent=root), each)
        return answer_xml(root)
    if not kept:
        return csvs.answer(NO_RECORDS)
    paths = query.columns(select)
    lines = [[".".join(path) for path in paths]]
    lines += [[query.cell(each, path) for path in paths] for each in kept]
    return csvs.answer("".join(csvs.line(row, "COMMA", "LF") for row in lines))


def _numbered(record: Facts, node: Node) -> Facts:
    """Return a record with its moments as milliseconds, as this interface counts them in JSON."""
    shown = dict(record)
    for item in node.items:
        if isinstance(item, tuple) and isinstance(shown.get(item[0]), dict):
            shown[item[0]] = _numbered(shown[item[0]], item[1])
        elif isinstance(item, Leaf) and item.kind in {"date", "datetime"} and shown[item.name]:
            moment = datetime.fromisoformat(shown[item.name])
            aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            shown[item.name] = int(aware.timestamp() * 1000)
    return shown


def _record_xml(made: etree._Element, record: Facts) -> None:
    made.set(KIND, "sObject")
    element("type", parent=made).text = record["attributes"]["type"]
    if "Id" not in record:
        element("Id", parent=made).set(NIL, "true")
    for name, value in record.items():
        if name == "attributes":
            continue
        inner = element(name, parent=made)
        if value is None:
            inner.set(NIL, "true")
        elif isinstance(value, dict):
            _record_xml(inner, value)
        else:
            inner.text = _text(value)
