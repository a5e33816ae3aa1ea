"""Queries and their pages."""

import re
from urllib.parse import parse_qs

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest import views
from crm_sync.localorg.soql import restricted
from crm_sync.localorg.soql.compiler import Select
from crm_sync.localorg.soql.parser import parse
from crm_sync.localorg.soql.run import PAGE, Page, Reader
from crm_sync.localorg.soql.shape import Children, Leaf, Node
from crm_sync.localorg.workshop import COMMON, workshop

BATCH = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)
SMALLEST = 200
SHOWN = re.compile(r"\bFOR\s+(VIEW|REFERENCE)\s*\Z", re.IGNORECASE)
ELSEWHERE = re.compile(r"\bFROM\s+(apex|entity|field|static)\w+", re.IGNORECASE)


def _size(call: Call) -> int:
    found = BATCH.search(call.header("sforce-query-options"))
    return min(max(int(found.group(1)), SMALLEST), PAGE) if found else PAGE


def as_json(call: Call, page: Page, resource: str) -> dict[str, object]:
    """Return a page in wire form."""
    answer: dict[str, object] = {
        "totalSize": page.total,
        "done": page.next_cursor is None,
    }
    if page.next_cursor is not None:
        answer["nextRecordsUrl"] = f"{call.base}/{resource}/{page.next_cursor}"
    answer["records"] = page.records
    return answer


def statement(call: Call) -> str:
    """Return the statement of an address."""
    text = call.params().get("q", "")
    if not text.strip():
        message = "A query string has to be specified"
        raise SalesforceError("MALFORMED_QUERY", message)
    restricted.check(text)
    return text


def _run(call: Call, resource: str, *, all_rows: bool) -> Answer:
    text = statement(call)
    if parse_qs(call.query).get("columns") == ["true"]:
        return Answer(column_metadata(call, text))
    page = _reader(call, text).query(text, base=call.base, all_rows=all_rows, size=_size(call))
    if SHOWN.search(text) and call.session is not None:
        found = [str(each["Id"]) for each in page.records if "Id" in each]
        call.org.looked.note(call.session.user_id, found)
    return Answer(as_json(call, page, resource))


def _reader(call: Call, text: str) -> Reader:
    """Return what answers a statement: code and definitions stand with the Tooling API."""
    if not ELSEWHERE.search(text):
        return call.org.reader
    source = parse(text).source.lower()
    return workshop(call.org).reader if source in COMMON else call.org.reader


def query(call: Call) -> Answer:
    """Answer a statement about live records."""
    return _run(call, "query", all_rows=False)


def query_all(call: Call) -> Answer:
    """Answer a statement about live and deleted records."""
    return _run(call, "queryAll", all_rows=True)


def more(call: Call, resource: str, locator: str) -> Answer:
    """Return the next page."""
    page = call.org.reader.more(locator, base=call.base)
    return Answer(as_json(call, page, resource))


def _column(leaf: Leaf, *, aggregate: bool) -> dict[str, object]:
    return {
        "aggregate": aggregate,
        "apexType": "String",
        "booleanType": leaf.kind == "boolean",
        "columnName": leaf.name,
        "custom": leaf.name.endswith("__c"),
        "displayName": leaf.name,
        "foreignKeyName": None,
        "insertable": True,
        "joinColumns": [],
        "numberType": leaf.kind in {"currency", "double", "percent", "int"},
        "textType": leaf.kind in {"string", "textarea", "email", "phone", "url"},
        "updatable": True,
    }


def _node_columns(node: Node) -> list[dict[str, object]]:
    columns: list[dict[str, object]] = []
    for item in node.items:
        if isinstance(item, Leaf):
            columns.append(_column(item, aggregate=False))
        elif isinstance(item, tuple):
            entry = _column(Leaf(item[0], 0, "reference"), aggregate=False)
            columns.append({**entry, "joinColumns": _node_columns(item[1])})
        elif isinstance(item, Children):
            entry = _column(Leaf(item.name, 0, "reference"), aggregate=True)
            columns.append({**entry, "joinColumns": []})
    return columns


def _with_children(select: Select) -> list[dict[str, object]]:
    if select.node is None:
        return [_column(leaf, aggregate=True) for leaf in select.leaves]
    columns = _node_columns(select.node)
    for nested in select.subqueries:
        for column in columns:
            if column["columnName"] == nested.children.name:
                column["joinColumns"] = _with_children(nested.select)
    return columns


def column_metadata(call: Call, text: str) -> dict[str, object]:
    """Return the columns of a statement's result, as the CLI asks for them."""
    select = call.org.reader.check(text)
    columns = [] if select.query.count_only else _with_children(select)
    return {
        "columnMetadata": columns,
        "entityName": select.scope.owner.name,
        "groupBy": bool(select.query.group),
        "idSelected": any(column["columnName"] == "Id" for column in columns),
        "keyPrefix": select.scope.owner.prefix,
    }


def explain(call: Call) -> Answer:
    """Say how a statement would be answered."""
    asked = call.params()["explain"]
    listed = views.by_id(call, asked)
    text = listed.statement if listed is not None else asked
    return Answer({"plans": call.org.reader.explain(text), "sourceQuery": text})


def get_query(call: Call) -> Answer:
    """Answer or explain a statement."""
    return explain(call) if "explain" in call.params() else query(call)
