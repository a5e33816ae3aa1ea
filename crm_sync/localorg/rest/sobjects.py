"""Single records: create, read, change, delete, upsert by external id."""

import base64
import hashlib
import re
from email.utils import formatdate

from crm_sync.localorg import clock, ids
from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.messages import Answer, Call, dump_json, no_content
from crm_sync.localorg.records import delete as bin_
from crm_sync.localorg.records import references, save
from crm_sync.localorg.records.values import read_value
from crm_sync.localorg.rest import blobs
from crm_sync.localorg.rest.describe import object_of
from crm_sync.localorg.rest.events import publish
from crm_sync.localorg.rest.query import as_json
from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.store.tables import quote

# From this version on an upsert says whether it created the record.
TELLS_CREATED = 46
ID_FORM = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")
NO_KEY = "Provided external ID field does not exist or is not accessible: "
MOST_STEPS = 5


def create(call: Call, name: str) -> Answer:
    """Create a record, or publish an event."""
    owner = object_of(call, name)
    if owner.is_event:
        return Answer(publish(call, owner, call.json_object()), status=201)
    saved = save.insert(call.org.context(), owner, call.json(), call.save_options())
    location = f"{call.base}/sobjects/{owner.name}/{saved.record_id}"
    body = {"id": saved.record_id, "success": True, "errors": []}
    return Answer(body, status=201, headers={"Location": location})


def create_without_id(call: Call, name: str) -> Answer:
    """Create a record at the address of upserts by id, where no id is given."""
    answer = create(call, name)
    if isinstance(answer.data, dict) and float(call.version) >= TELLS_CREATED:
        answer.data = {**answer.data, "created": True}
    return answer


def _id_of(owner: SObject, text: str) -> str:
    """Return the id in an address; what has not the form of one is taken for a field's name."""
    record_id = references.short_or_full(text) if ID_FORM.fullmatch(text) else ""
    if record_id[:3] != owner.prefix:
        raise not_found(NO_KEY + text)
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
    return not_found()


def _wanted(call: Call) -> list[str] | None:
    fields = call.params().get("fields")
    if not fields:
        return None
    names = [each.strip() for each in fields.split(",") if each.strip()]
    return list({name.lower(): name for name in names}.values())


READS = frozenset(("GET", "HEAD"))
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
    known = bool(unless) and (unless.strip() == "*" or _tag(record) in _named(unless))
    old = since is not None and not unless and stamp.timestamp() < since + 1
    if (known or old) and call.method in READS:
        return Answer(status=304, headers=_state(record))
    until = _http_date(call.header("if-unmodified-since"))
    only = call.header("if-match")
    late = until is not None and stamp.timestamp() >= until + 1
    if known or late or (only and only.strip() != "*" and _tag(record) not in _named(only)):
        raise SalesforceError("PRECONDITION_FAILED", "The record was modified since", status=412)
    return None


def _check_dates(call: Call) -> None:
    """Refuse a change under a condition that cannot be read."""
    until = call.header("if-unmodified-since")
    if until and clock.parse_http(until) is None:
        message = f"If-Unmodified-Since: {until} is not a date"
        raise SalesforceError("INVALID_HTTP_HEADER", message, status=400)


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
    record = fetch(call, owner, full_id, wanted and _with_id(wanted))
    headers = _state(record) if wanted is None and "LastModifiedDate" in record else {}
    return Answer(record, headers=headers)


def change(call: Call, name: str, record_id: str) -> Answer:
    """Change a record."""
    owner = object_of(call, name)
    full_id = _id_of(owner, record_id)
    payload = call.json()
    _check_dates(call)
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
        raise not_found(NO_KEY + name)
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
    if _is_record(owner, key):
        return follow(call, owner, ids.normalize(key) or key, value)
    found = _one_by_key(call, owner, key, value)
    if isinstance(found, Answer):
        return found
    wanted = _wanted(call)
    return Answer(fetch(call, owner, found, wanted and _with_id(wanted)))


def _with_id(names: list[str]) -> list[str]:
    """Add the id, which an address of its own always tells."""
    return names if any(name.lower() == "id" for name in names) else [*names, "Id"]


def _parent(
    call: Call, owner: SObject, record_id: str, relation: str
) -> tuple[SObject, str] | None:
    """Return the record above another one; nothing where the name is not that of a parent."""
    reference = owner.relationships.get(relation.lower())
    if reference is None:
        return None
    parent_id = fetch(call, owner, record_id, [reference.name])[reference.name]
    parent = call.org.visible.of_id(str(parent_id)) if parent_id else None
    if parent is None:
        raise not_found()
    return parent, str(parent_id)


def _above(call: Call, name: str, record_id: str, path: str) -> tuple[SObject, str]:
    """Return the record at the end of a way up, in at most five steps."""
    owner, full_id = object_of(call, name), ids.normalize(record_id)
    steps = [each for each in path.split("/") if each]
    if full_id is None or full_id[:3] != owner.prefix or len(steps) > MOST_STEPS:
        raise not_found()
    place: tuple[SObject, str] | None = (owner, full_id)
    for step in steps:
        place = _parent(call, *place, step) if place else None
    if place is None:
        raise not_found()
    return place


def follow(call: Call, owner: SObject, record_id: str, relation: str) -> Answer:
    """Return a file, or the parent or the children behind a relationship of a record."""
    field = owner.find(relation)
    if field is not None and field.is_binary:
        return blobs.read(call, fetch(call, owner, record_id, ["Id", field.name]), field)
    found = _parent(call, owner, record_id, relation)
    if found is not None:
        return Answer(fetch(call, *found, _wanted(call)))
    children = (each for each in owner.children if each.name.lower() == relation.lower())
    child = next(children, None)
    if child is None:
        raise not_found()
    fetch(call, owner, record_id, ["Id"])
    fields = call.org.visible.require(child.child).fields.values()
    names = _wanted(call) or [each.name for each in fields]
    text = f"SELECT {', '.join(names)} FROM {child.child} WHERE {child.field} = '{record_id}'"
    return Answer(as_json(call, call.org.reader.query(text, base=call.base), "query"))


def follow_far(call: Call, name: str, record_id: str, path: str) -> Answer:
    """Return what lies behind several relationships, one after the other."""
    way, _, last = path.strip("/").rpartition("/")
    return follow(call, *_above(call, name, record_id, way), last)


def change_above(call: Call, name: str, record_id: str, path: str) -> Answer:
    """Change the parent behind a relationship of a record."""
    owner, full_id = _above(call, name, record_id, path)
    save.update(call.org.context(), owner, full_id, call.json(), call.save_options())
    return no_content()


def remove_above(call: Call, name: str, record_id: str, path: str) -> Answer:
    """Delete the parent behind a relationship of a record."""
    owner, full_id = _above(call, name, record_id, path)
    bin_.delete(call.org.context(), owner, full_id, call.save_options())
    return no_content()


def _is_record(owner: SObject, text: str) -> bool:
    """Say whether a part of an address is the id of a record, not the name of a field."""
    full_id = ids.normalize(text)
    return full_id is not None and full_id[:3] == owner.prefix and owner.find(text) is None


def remove_by_key(call: Call, name: str, key: str, value: str) -> Answer:
    """Delete the record that carries an external id."""
    owner = object_of(call, name)
    if _is_record(owner, key):
        return remove_above(call, name, key, value)
    found = _one_by_key(call, owner, key, value)
    if isinstance(found, Answer):
        return found
    bin_.delete(call.org.context(), owner, found, call.save_options())
    return no_content()


def upsert(call: Call, name: str, key: str, value: str) -> Answer:
    """Create or change the record that carries an external id."""
    owner = object_of(call, name)
    if _is_record(owner, key):
        return change_above(call, name, key, value)
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
    body: dict[str, object] = {"id": saved.record_id, "success": True, "errors": []}
    if float(call.version) >= TELLS_CREATED:
        body["created"] = saved.created
    if saved.created:
        location = f"{call.base}/sobjects/{owner.name}/{saved.record_id}"
        return Answer(body, status=201, headers={"Location": location})
    if float(call.version) < TELLS_CREATED:
        return no_content()
    return Answer(body)
