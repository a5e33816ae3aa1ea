"""Records over the partner API: create, update, upsert, delete, undelete, merge, query."""

from collections.abc import Callable
from typing import Any

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Call
from crm_sync.localorg.numbers import whole
from crm_sync.localorg.records import delete as bin_
from crm_sync.localorg.records import save
from crm_sync.localorg.records.context import Context, SaveOptions
from crm_sync.localorg.records.merge import merge
from crm_sync.localorg.records.references import short_or_full
from crm_sync.localorg.records.values import Unreadable
from crm_sync.localorg.rest import search
from crm_sync.localorg.rest.collections import (
    ROLLED_BACK,
    RolledBack,
    doubled,
    too_many,
    upsert_one,
)
from crm_sync.localorg.rest.events import publish
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.soap import envelope as soap
from crm_sync.localorg.soap.describing import object_of
from crm_sync.localorg.soap.envelope import Message
from crm_sync.localorg.soql import restricted
from crm_sync.localorg.soql.compiler import has_files
from crm_sync.localorg.soql.run import PAGE, Page
from crm_sync.localorg.soql.scope import HINT

MOST = 200
MOST_RETRIEVED = 2000
SMALLEST_PAGE = 200
NIL = f"{{{soap.XSI}}}nil"
KIND = f"{{{soap.XSI}}}type"
Record = dict[str, object]
Operation = Callable[[Call, Message], object]
Work = Callable[[Context, Any, SaveOptions], Record]


def _value(element: etree._Element) -> object:
    if element.get(NIL) == "true":
        return None
    inner = [each for each in element if isinstance(each.tag, str)]
    if not inner:
        return element.text or None
    found = {xml.local(each): each.text for each in inner if each.get(NIL) != "true"}
    # A parent says what it is in an element of its own, or in the enterprise API by its type.
    typed = element.get(KIND, "").rpartition(":")[2]
    kind = found.pop("type", None) or (typed if typed not in {"", "sObject", "Name"} else None)
    return {"attributes": {"type": kind}, **found} if kind else found


def read_record(call: Call, element: etree._Element) -> tuple[SObject, str, Record]:
    """Return the object, the id and the values of a record."""
    named = xml.text(element, "type") or element.get(KIND, "").rpartition(":")[2]
    owner = object_of(call, named)
    values: Record = {}
    record_id = ""
    for each in element:
        name = xml.local(each) if isinstance(each.tag, str) else "type"
        if name == "Id":
            record_id = (each.text or "").strip() or record_id
        elif name == "fieldsToNull":
            if each.text:
                values[each.text.strip()] = None
        elif name != "type":
            values[name] = _value(each)
    return owner, short_or_full(record_id) if record_id else "", values


def options_of(call: Call, message: Message) -> SaveOptions:
    """Return what the headers say about saving."""
    options = call.save_options()
    if message.flag("DuplicateRuleHeader", "allowSave"):
        options.allow_duplicates = True
    usual = message.flag("AssignmentRuleHeader", "useDefaultRule")
    options.assign = message.header("AssignmentRuleHeader", "assignmentRuleId") or ""
    if usual:
        options.assign = "true"
    return options


def failed(error: SalesforceError) -> Record:
    """Return the result of a record that was refused."""
    return {"errors": [soap.error_of(one) for one in error.each], "id": None, "success": False}


def each_of(call: Call, message: Message, name: str, work: Work) -> list[Record]:
    """Carry out one piece of work for each named part of a call."""
    found = xml.children(message.operation, name)
    # beatbox, and what grew out of it, says id where the description says ids.
    items = found or (xml.children(message.operation, "id") if name == "ids" else [])
    if len(items) > MOST:
        raise too_many(MOST)
    results: list[Record]
    try:
        with call.org.store.write():
            options = options_of(call, message)
            context = call.org.context()
            results = [_guarded(context, item, options, work) for item in items]
            _hold(message, results)
    except RolledBack:
        return [failed(ROLLED_BACK) if each["success"] else each for each in results]
    return results


def _hold(message: Message, results: list[Record]) -> None:
    broken = not all(each["success"] for each in results)
    if broken and message.flag("AllOrNoneHeader", "allOrNone"):
        raise RolledBack


def _guarded(context: Context, item: etree._Element, options: SaveOptions, work: Work) -> Record:
    try:
        with context.store.write():
            return {**work(context, item, options), "success": True}
    except Unreadable as error:
        raise SalesforceError(soap.CLIENT, error.as_xsd) from error
    except SalesforceError as error:
        return failed(error)


def _published(call: Call, owner: SObject, values: Record) -> Record:
    """Publish an event; the entry among its errors carries its number, as over REST."""
    return {**publish(call, owner, values), "success": True}


def _check_names(call: Call, message: Message) -> None:
    """Refuse a whole call whose records have a type or a field that is not there."""
    for item in xml.children(message.operation, "sObjects"):
        owner, _record_id, values = read_record(call, item)
        for name in values:
            if owner.find(name) is None and name.lower() not in owner.relationships:
                text = f"No such column '{name}' on entity '{owner.name}'. {HINT}"
                raise SalesforceError("INVALID_FIELD", text)


def _create(call: Call, message: Message) -> object:
    _check_names(call, message)

    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        owner, _record_id, values = read_record(call, item)
        if owner.is_event:
            return _published(call, owner, values)
        return {"id": save.insert(context, owner, values, options).record_id}

    return each_of(call, message, "sObjects", work)


def _update(call: Call, message: Message) -> object:
    _check_names(call, message)

    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        owner, record_id, values = read_record(call, item)
        if not record_id:
            raise SalesforceError("MISSING_ARGUMENT", "Id not specified in an update call", ["Id"])
        return {"id": save.update(context, owner, record_id, values, options).record_id}

    return each_of(call, message, "sObjects", work)


def _upsert(call: Call, message: Message) -> object:
    _check_names(call, message)
    key = xml.text(message.operation, "externalIDFieldName")
    items = xml.children(message.operation, "sObjects")
    twice = doubled(key, (read_record(call, item)[2] for item in items))

    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        owner, record_id, values = read_record(call, item)
        whole = {**values, "Id": record_id} if key.lower() == "id" else values
        done = upsert_one(context, owner, key, whole, options, twice)
        return {"created": done.created, "id": done.record_id}

    return each_of(call, message, "sObjects", work)


def _by_id(context: Context, item: etree._Element) -> tuple[SObject, str]:
    record_id = short_or_full((item.text or "").strip())
    owner = context.schema.of_id(record_id)
    if owner is None:
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    return owner, record_id


def _delete(call: Call, message: Message) -> object:
    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        owner, record_id = _by_id(context, item)
        bin_.delete(context, owner, record_id, options)
        return {"id": record_id}

    return each_of(call, message, "ids", work)


def _undelete(call: Call, message: Message) -> object:
    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        owner, record_id = _by_id(context, item)
        bin_.undelete(context, owner, record_id, options)
        return {"id": record_id}

    return each_of(call, message, "ids", work)


def _merge(call: Call, message: Message) -> object:
    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        master = xml.child(item, "masterRecord")
        if master is None:
            raise SalesforceError("MISSING_ARGUMENT", "masterRecord not specified")
        owner, record_id, values = read_record(call, master)
        named = xml.children(item, "recordToMergeIds")
        victims = [short_or_full((each.text or "").strip()) for each in named]
        moved = merge(context, owner, record_id, victims, values, options)
        return {"id": record_id, "mergedRecordIds": victims, "updatedRelatedIds": moved}

    # The WSDL says request; jsforce says mergeRequests.
    older = xml.child(message.operation, "mergeRequests") is not None
    return each_of(call, message, "mergeRequests" if older else "request", work)


def _empty_bin(call: Call, message: Message) -> object:
    def work(context: Context, item: etree._Element, _options: SaveOptions) -> Record:
        owner, record_id = _by_id(context, item)
        bin_.purge(context, owner, record_id)
        return {"id": record_id}

    return each_of(call, message, "ids", work)


def _page(page: Page) -> Record:
    return {
        "done": page.next_cursor is None,
        "queryLocator": page.next_cursor,
        "records": page.records,
        "size": page.total,
    }


def _size(message: Message) -> int:
    wish = whole(message.header("QueryOptions", "batchSize"), PAGE)
    return min(max(wish, SMALLEST_PAGE), PAGE)


def _asked(call: Call, message: Message, *, all_rows: bool) -> object:
    text = xml.text(message.operation, "queryString")
    restricted.check(text)
    # Files travel inside the records, so these come one by one.
    size = 1 if has_files(call.org.reader.compile(text, all_rows=all_rows)) else _size(message)
    return _page(call.org.reader.query(text, all_rows=all_rows, size=size))


def _query(call: Call, message: Message) -> object:
    return _asked(call, message, all_rows=False)


def _query_all(call: Call, message: Message) -> object:
    return _asked(call, message, all_rows=True)


def _query_more(call: Call, message: Message) -> object:
    locator = xml.text(message.operation, "queryLocator")
    wished = message.header("QueryOptions", "batchSize")
    return _page(call.org.reader.more(locator, size=_size(message) if wished else None))


def _search(call: Call, message: Message) -> object:
    found = search.run(call, xml.text(message.operation, "searchString"))
    return {"queryId": "", "searchRecords": [{"record": each} for each in found]}


def _retrieve(call: Call, message: Message) -> object:
    """Return the named fields of records in the order of their ids; a gap for each unknown one."""
    owner = object_of(call, xml.text(message.operation, "sObjectType"))
    named = xml.text(message.operation, "fieldList").split(",")
    fields = dict.fromkeys(["Id", *(each.strip() for each in named if each.strip())])
    ids = [
        short_or_full((each.text or "").strip()) for each in xml.children(message.operation, "ids")
    ]
    if len(ids) > MOST_RETRIEVED:
        raise too_many(MOST_RETRIEVED)
    if not ids:
        return []
    wanted = ", ".join(f"'{each}'" for each in dict.fromkeys(ids))
    text = f"SELECT {', '.join(fields)} FROM {owner.name} WHERE Id IN ({wanted})"
    found = {str(each["Id"]): each for each in call.org.reader.query(text).records}
    return [found.get(each) for each in ids]


OPERATIONS: dict[str, Operation] = {
    "create": _create,
    "update": _update,
    "upsert": _upsert,
    "delete": _delete,
    "undelete": _undelete,
    "emptyRecycleBin": _empty_bin,
    "merge": _merge,
    "query": _query,
    "queryAll": _query_all,
    "queryMore": _query_more,
    "retrieve": _retrieve,
    "search": _search,
}
