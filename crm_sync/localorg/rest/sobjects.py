"""Single records: create, read, change, delete, upsert by external id."""

import base64
import hashlib
from email.utils import formatdate

from crm_sync.localorg import clock, ids
from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call, dump_json, no_content
from crm_sync.localorg.records import delete as bin_
from crm_sync.localorg.records import references, save
from crm_sync.localorg.records.values import read_value
from crm_sync.localorg.rest.describe import object_of
from crm_sync.localorg.rest.events import publish
from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.store.tables import quote


def create(call: Call, name: str) -> Answer:
    """Create a record, or publish an event."""
    owner = object_of(call, name)
    if owner.is_event:
        return Answer(publish(call, owner, call.json_object()), status=201)
    saved = save.insert(call.org.context(), owner, call.json(), call.save_options())
    location = f"{call.base}/sobjects/{owner.name}/{saved.record_id}"
    body = {"id": saved.record_id, "success": True, "errors": []}
    return Answer(body, status=201, headers={"Location": location})


def _id_of(owner: SObject, text: str) -> str:
    record_id = references.short_or_full(text)
    if record_id[:3] != owner.prefix:
        raise not_found("Provided external ID field does not exist or is not accessible: " + text)
    return record_id


def fetch(
    call: Call, owner: SObject, record_id: str, fields: list[str] | None
) -> dict[str, object]:
    """Return one live record with the wanted fields, or all of them."""
    names = fields or [each.name for each in owner.fields.values()]
    text = f"SELECT {', '.join(names)} FROM {owner.name} WHERE Id = '{record_id}'"
    try:
        page = call.org.reader.query(text, base=call.base)
    except SalesforceError as error:
        if fields is not None and error.code == "MALFORMED_QUERY":
            raise SalesforceError(
                "INVALID_FIELD", f"Invalid field list: {','.join(names)}"
            ) from error
        raise
    if not page.records:
        raise _missing(call, owner, record_id)
    return page.records[0]


def _missing(call: Call, owner: SObject, record_id: str) -> SalesforceError:
    sql = f"SELECT 1 FROM {quote(owner.name)} WHERE Id = ?"
    with call.org.store.read() as connection:
        deleted = connection.execute(sql, (record_id,)).fetchone()
    if deleted:
        return SalesforceError("ENTITY_IS_DELETED", "entity is deleted", [])
    return not_found("Provided external ID field does not exist or is not accessible: " + record_id)


def _wanted(call: Call) -> list[str] | None:
    fields = call.params().get("fields")
    if not fields:
        return None
    names = [each.strip() for each in fields.split(",") if each.strip()]
    return list({name.lower(): name for name in names}.values())


CONDITIONS = ("if-modified-since", "if-unmodified-since", "if-match", "if-none-match")


def _tag(record: dict[str, object]) -> str:
    """Return the mark of a record's present content."""
    text = dump_json(record)
    return f'"{base64.b64encode(hashlib.sha1(text, usedforsecurity=False).digest()).decode()}"'


def _state(record: dict[str, object]) -> dict[str, str]:
    stamp = clock.parse_datetime(str(record["LastModifiedDate"]))
    return {"ETag": _tag(record), "Last-Modified": formatdate(stamp.timestamp(), usegmt=True)}


def _named(header: str) -> set[str]:
    """Return the marks a header names; some servers on the way add how they compressed."""
    return {each.strip().removesuffix('-gzip"').rstrip('"') + '"' for each in header.split(",")}


def _check_conditions(call: Call, record: dict[str, object]) -> Answer | None:
    """Answer early, or refuse, where a record is not in the state that a client names."""
    stamp = clock.parse_datetime(str(record["LastModifiedDate"]))
    since = _http_date(call.header("if-modified-since"))
    unless = call.header("if-none-match")
    if unless and (unless.strip() == "*" or _tag(record) in _named(unless)):
        return Answer(status=304, headers=_state(record))
    if since is not None and not unless and stamp.timestamp() < since + 1:
        return Answer(status=304, headers=_state(record))
    until = _http_date(call.header("if-unmodified-since"))
    only = call.header("if-match")
    late = until is not None and stamp.timestamp() >= until + 1
    if late or (only and only.strip() != "*" and _tag(record) not in _named(only)):
        raise SalesforceError("PRECONDITION_FAILED", "The record was modified since", status=412)
    return None


def _http_date(text: str) -> float | None:
    return clock.parse_http(text) if text else None


def _guarded(call: Call, owner: SObject, full_id: str) -> Answer | None:
    if not any(call.header(each) for each in CONDITIONS):
        return None
    record = fetch(call, owner, full_id, None)
    return _check_conditions(call, record) if "LastModifiedDate" in record else None


def read(call: Call, name: str, record_id: str) -> Answer:
    """Return a record."""
    owner = object_of(call, name)
    full_id = _id_of(owner, record_id)
    early = _guarded(call, owner, full_id)
    if early is not None:
        return early
    wanted = _wanted(call)
    record = fetch(call, owner, full_id, wanted)
    headers = _state(record) if wanted is None and "LastModifiedDate" in record else {}
    return Answer(record, headers=headers)


def change(call: Call, name: str, record_id: str) -> Answer:
    """Change a record."""
    owner = object_of(call, name)
    full_id = _id_of(owner, record_id)
    payload = call.json()
    with call.org.store.write():
        _guarded(call, owner, full_id)
        save.update(call.org.context(), owner, full_id, payload, call.save_options())
    return no_content()


def remove(call: Call, name: str, record_id: str) -> Answer:
    """Move a record to the recycle bin."""
    owner = object_of(call, name)
    full_id = _id_of(owner, record_id)
    with call.org.store.write():
        _guarded(call, owner, full_id)
        bin_.delete(call.org.context(), owner, full_id, call.save_options())
    return no_content()


def key_of(owner: SObject, name: str) -> Field:
    """Return the field by which records are addressed."""
    key = owner.find(name)
    if key is None or not key.is_key:
        raise not_found("Provided external ID field does not exist or is not accessible: " + name)
    return key


def found_by_key(call: Call, owner: SObject, key: Field, text: str) -> list[str]:
    with call.org.store.read() as connection:
        rows = connection.execute(
            f"SELECT Id FROM {quote(owner.name)} WHERE {quote(key.name)} = ? AND IsDeleted = 0",
            (read_value(key, text),),
        ).fetchall()
    return [row[0] for row in rows]


def _one_by_key(call: Call, owner: SObject, key_name: str, value: str) -> str | Answer:
    found = found_by_key(call, owner, key_of(owner, key_name), value)
    if not found:
        raise not_found()
    if len(found) > 1:
        return several(call, owner, found)
    return found[0]


def several(call: Call, owner: SObject, found: list[str]) -> Answer:
    """List the records between which the client has to choose."""
    urls = [f"{call.base}/sobjects/{owner.name}/{each}" for each in found]
    return Answer(urls, status=300)


def read_by_key(call: Call, name: str, key: str, value: str) -> Answer:
    """Return the record that carries an external id, or the records behind a relationship."""
    owner = object_of(call, name)
    record_id = ids.normalize(key)
    if record_id is not None and record_id[:3] == owner.prefix:
        return follow(call, owner, record_id, value)
    found = _one_by_key(call, owner, key, value)
    if isinstance(found, Answer):
        return found
    return Answer(fetch(call, owner, found, _wanted(call)))


def follow(call: Call, owner: SObject, record_id: str, relation: str) -> Answer:
    """Return the parent or the children behind a relationship of a record."""
    reference = owner.relationships.get(relation.lower())
    if reference is not None:
        parent_id = fetch(call, owner, record_id, [reference.name])[reference.name]
        parent = call.org.visible.of_id(str(parent_id)) if parent_id else None
        if parent is None:
            raise not_found()
        return Answer(fetch(call, parent, str(parent_id), _wanted(call)))
    children = (each for each in owner.children if each.name.lower() == relation.lower())
    child = next(children, None)
    if child is None:
        raise not_found()
    fetch(call, owner, record_id, ["Id"])
    fields = call.org.visible.require(child.child).fields.values()
    names = _wanted(call) or [each.name for each in fields]
    text = f"SELECT {', '.join(names)} FROM {child.child} WHERE {child.field} = '{record_id}'"
    page = call.org.reader.query(text, base=call.base)
    return Answer({"done": True, "totalSize": page.total, "records": page.records})


def remove_by_key(call: Call, name: str, key: str, value: str) -> Answer:
    """Delete the record that carries an external id."""
    owner = object_of(call, name)
    found = _one_by_key(call, owner, key, value)
    if isinstance(found, Answer):
        return found
    bin_.delete(call.org.context(), owner, found, call.save_options())
    return no_content()


def upsert(call: Call, name: str, key: str, value: str) -> Answer:
    """Create or change the record that carries an external id."""
    owner = object_of(call, name)
    field = key_of(owner, key)
    payload = call.json_object()
    if any(each.lower() == field.key for each in payload):
        message = f"The {field.name} field should not be specified in the sobject data."
        raise SalesforceError("INVALID_FIELD", message, [field.name])
    update_only = call.params().get("updateOnly", "").lower() == "true"
    try:
        saved = save.upsert(
            call.org.context(),
            owner,
            field,
            value,
            payload,
            call.save_options(),
            update_only=update_only,
        )
    except save.SeveralFound as error:
        return several(call, owner, error.found)
    body = {
        "id": saved.record_id,
        "success": True,
        "errors": [],
        "created": saved.created,
    }
    if saved.created:
        location = f"{call.base}/sobjects/{owner.name}/{saved.record_id}"
        return Answer(body, status=201, headers={"Location": location})
    if float(call.version) < 46:
        return no_content()
    return Answer(body)
