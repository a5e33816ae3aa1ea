"""Records over the partner API: create, update, upsert, delete, undelete, merge, query."""

from collections.abc import Callable

from lxml import etree

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.records import delete as bin_
from crm_sync.localorg.records import save
from crm_sync.localorg.records.context import Context, SaveOptions
from crm_sync.localorg.records.merge import merge
from crm_sync.localorg.records.references import short_or_full
from crm_sync.localorg.rest.collections import upsert_one
from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.soap import envelope as soap
from crm_sync.localorg.soap.envelope import Message
from crm_sync.localorg.soql.run import Page

SOBJECT = "urn:sobject.partner.soap.sforce.com"
MOST = 200
NIL = f"{{{soap.XSI}}}nil"
Record = dict[str, object]
Operation = Callable[[Call, Message], Answer]


def _value(element: etree._Element) -> object:
    if element.get(NIL) == "true":
        return None
    inner = [each for each in element if isinstance(each.tag, str)]
    if not inner:
        return element.text or None
    found = {xml.local(each): each.text for each in inner}
    kind = found.pop("type", None)
    return {"attributes": {"type": kind}, **found} if kind else found


def read_record(call: Call, element: etree._Element) -> tuple[SObject, str, Record]:
    """Return the object, the id and the values of a record."""
    owner = call.org.schema.find(xml.text(element, "type"))
    if owner is None:
        message = f"sObject type '{xml.text(element, 'type')}' is not supported."
        raise SalesforceError("INVALID_TYPE", message)
    values: Record = {}
    record_id = ""
    for each in element:
        name = xml.local(each) if isinstance(each.tag, str) else "type"
        if name == "Id":
            record_id = (each.text or "").strip() or record_id
        elif name == "fieldsToNull":
            values[(each.text or "").strip()] = None
        elif name != "type":
            values[name] = _value(each)
    return owner, short_or_full(record_id) if record_id else "", values


def _each(
    call: Call,
    operation: str,
    items: list[etree._Element],
    work: Callable[[Context, etree._Element, SaveOptions], Record],
) -> Answer:
    if len(items) > MOST:
        raise SalesforceError("EXCEEDED_ID_LIMIT", f"At most {MOST} records can be sent at once")
    context, options = call.org.context(), call.save_options()
    out, body = soap.response(operation)
    for item in items:
        try:
            with call.org.store.write():
                found = work(context, item, options)
        except SalesforceError as error:
            result = soap.element(body, "result")
            soap.put_errors(result, error)
            soap.nil(result, "id")
            soap.element(result, "success", value=False)
            continue
        result = soap.element(body, "result")
        for name, value in found.items():
            for one in value if isinstance(value, list) else [value]:
                soap.value(result, name, one)
        soap.element(result, "success", value=True)
    return soap.answer(out)


def _create(call: Call, message: Message) -> Answer:
    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        owner, _record_id, values = read_record(call, item)
        return {"id": save.insert(context, owner, values, options).record_id}

    return _each(call, "create", xml.children(message.operation, "sObjects"), work)


def _update(call: Call, message: Message) -> Answer:
    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        owner, record_id, values = read_record(call, item)
        if not record_id:
            raise SalesforceError("MISSING_ARGUMENT", "Id not specified in an update call", ["Id"])
        return {"id": save.update(context, owner, record_id, values, options).record_id}

    return _each(call, "update", xml.children(message.operation, "sObjects"), work)


def _upsert(call: Call, message: Message) -> Answer:
    key = xml.text(message.operation, "externalIDFieldName")

    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        owner, record_id, values = read_record(call, item)
        whole = {**values, "Id": record_id} if key.lower() == "id" else values
        done = upsert_one(context, owner, key, whole, options)
        return {"created": done.created, "id": done.record_id}

    return _each(call, "upsert", xml.children(message.operation, "sObjects"), work)


def _by_id(context: Context, item: etree._Element) -> tuple[SObject, str]:
    record_id = short_or_full((item.text or "").strip())
    owner = context.schema.of_id(record_id)
    if owner is None:
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    return owner, record_id


def _delete(call: Call, message: Message) -> Answer:
    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        owner, record_id = _by_id(context, item)
        bin_.delete(context, owner, record_id, options)
        return {"id": record_id}

    return _each(call, "delete", xml.children(message.operation, "ids"), work)


def _undelete(call: Call, message: Message) -> Answer:
    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        owner, record_id = _by_id(context, item)
        bin_.undelete(context, owner, record_id, options)
        return {"id": record_id}

    return _each(call, "undelete", xml.children(message.operation, "ids"), work)


def _merge(call: Call, message: Message) -> Answer:
    def work(context: Context, item: etree._Element, options: SaveOptions) -> Record:
        master = xml.child(item, "masterRecord")
        if master is None:
            raise SalesforceError("MISSING_ARGUMENT", "masterRecord not specified")
        owner, record_id, values = read_record(call, master)
        named = xml.children(item, "recordToMergeIds")
        victims = [short_or_full((each.text or "").strip()) for each in named]
        moved = merge(context, owner, record_id, victims, values, options)
        return {"id": record_id, "mergedRecordIds": victims, "updatedRelatedIds": moved}

    named = ("request", "mergeRequests")
    wishes = [each for name in named for each in xml.children(message.operation, name)]
    return _each(call, "merge", wishes, work)


def _put_record(parent: etree._Element, name: str, record: Record) -> None:
    made = soap.element(parent, name)
    made.set(f"{{{soap.XSI}}}type", "sf:sObject")
    attributes = record["attributes"]
    kind = attributes["type"] if isinstance(attributes, dict) else ""
    etree.SubElement(made, f"{{{SOBJECT}}}type").text = str(kind)
    if "Id" not in record:
        etree.SubElement(made, f"{{{SOBJECT}}}Id").set(NIL, "true")
    for key, value in record.items():
        if key != "attributes":
            _put_value(made, key, value)


def _put_value(parent: etree._Element, name: str, value: object) -> None:
    if isinstance(value, dict) and "records" in value:
        made = etree.SubElement(parent, f"{{{SOBJECT}}}{name}")
        for each in value["records"]:
            _put_record(made, "records", each)
        etree.SubElement(made, f"{{{SOBJECT}}}size").text = str(value["totalSize"])
        return
    if isinstance(value, dict) and "attributes" in value:
        _put_record(parent, name, value)
        return
    made = etree.SubElement(parent, f"{{{SOBJECT}}}{name}")
    if value is None:
        made.set(NIL, "true")
    else:
        made.text = str(value).lower() if isinstance(value, bool) else str(value)


def _page(operation: str, page: Page) -> Answer:
    out, body = soap.response(operation)
    result = soap.element(body, "result")
    soap.element(result, "done", value=page.next_cursor is None)
    soap.value(result, "queryLocator", page.next_cursor)
    for record in page.records:
        _put_record(result, "records", record)
    soap.element(result, "size", page.total)
    return soap.answer(out)


def _query(call: Call, message: Message) -> Answer:
    text = xml.text(message.operation, "queryString")
    return _page("query", call.org.reader.query(text))


def _query_all(call: Call, message: Message) -> Answer:
    text = xml.text(message.operation, "queryString")
    return _page("queryAll", call.org.reader.query(text, all_rows=True))


def _query_more(call: Call, message: Message) -> Answer:
    return _page("queryMore", call.org.reader.more(xml.text(message.operation, "queryLocator")))


OPERATIONS: dict[str, Operation] = {
    "create": _create,
    "update": _update,
    "upsert": _upsert,
    "delete": _delete,
    "undelete": _undelete,
    "merge": _merge,
    "query": _query,
    "queryAll": _query_all,
    "queryMore": _query_more,
}
