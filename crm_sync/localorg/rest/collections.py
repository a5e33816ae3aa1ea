"""Many records in one request."""

from collections.abc import Callable

from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.records import delete as bin_
from crm_sync.localorg.records import references, save
from crm_sync.localorg.records.context import Context, SaveOptions
from crm_sync.localorg.records.save import Saved
from crm_sync.localorg.rest.describe import object_of
from crm_sync.localorg.rest.events import publish
from crm_sync.localorg.rest.sobjects import fetch, found_by_key, key_of
from crm_sync.localorg.schema.model import Field, SObject

MOST = 200
MOST_RUNS = 10
ROLLED_BACK = SalesforceError(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using "
    "AllOrNone header",
    [],
)
Record = dict[str, object]
Result = dict[str, object]
Action = Callable[[Context, Record, SaveOptions], Result]


def failed(error: SalesforceError) -> Result:
    """Return the result of a record that was refused."""
    return {"success": False, "errors": error.as_items()}


class RolledBack(Exception):
    """Undoes everything because one record failed."""


def _records(call: Call) -> tuple[list[Record], bool]:
    body = call.json_object()
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise SalesforceError("JSON_PARSER_ERROR", "records: a list of objects is expected")
    if len(records) > MOST:
        message = f"Number of records {len(records)} exceeded max size {MOST}"
        raise SalesforceError("EXCEEDED_ID_LIMIT", message)
    return records, body.get("allOrNone") is True


def type_of(call: Call, record: Record) -> SObject:
    """Return the object a record says it is of."""
    attributes = record.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    owner = call.org.visible.find(str(name)) if name else None
    if owner is None:
        message = f"sObject type '{name}' is not supported."
        raise SalesforceError("INVALID_TYPE", message)
    return owner


def _check_runs(records: list[Record]) -> None:
    runs, last = 0, None
    for record in records:
        attributes = record.get("attributes")
        name = attributes.get("type") if isinstance(attributes, dict) else None
        runs += int(name != last)
        last = name
    if runs > MOST_RUNS:
        message = f"Cannot have more than {MOST_RUNS} chunks in a single operation"
        raise SalesforceError("INVALID_FIELD", message)


def run(call: Call, records: list[Record], action: Action, *, all_or_none: bool) -> list[Result]:
    """Save records one by one, each whole or not at all."""
    context, options = call.org.context(), call.save_options()
    results: list[Result] = []
    broken = False
    try:
        with call.org.store.write():
            for record in records:
                result = _guard(action, context, record, options)
                broken = broken or not result["success"]
                results.append(result)
            _hold(failed=broken and all_or_none)
    except RolledBack:
        return [failed(ROLLED_BACK) if each["success"] else each for each in results]
    return results


def _hold(*, failed: bool) -> None:
    if failed:
        raise RolledBack


def _guard(action: Action, context: Context, record: Record, options: SaveOptions) -> Result:
    try:
        with context.store.write():
            return action(context, record, options)
    except SalesforceError as error:
        return failed(error)


def _done(saved: Saved, *, upsert: bool = False) -> Result:
    result: Result = {"id": saved.record_id, "success": True, "errors": []}
    return {**result, "created": saved.created} if upsert else result


def create(call: Call) -> Answer:
    """Create up to 200 records."""
    records, all_or_none = _records(call)
    _check_runs(records)

    def action(context: Context, record: Record, options: SaveOptions) -> Result:
        owner = type_of(call, record)
        if owner.is_event:
            return publish(call, owner, record)
        return _done(save.insert(context, owner, record, options))

    return Answer(run(call, records, action, all_or_none=all_or_none))


def take_id(record: Record) -> tuple[str, Record]:
    """Return a record's id and the rest of it."""
    found = [name for name in record if name.lower() == "id"]
    if not found or not isinstance(record[found[0]], str):
        message = "Id not specified in an update call"
        raise SalesforceError("MISSING_ARGUMENT", message, ["Id"])
    rest = {name: value for name, value in record.items() if name not in found}
    return references.short_or_full(str(record[found[0]])), rest


def update(call: Call) -> Answer:
    """Change up to 200 records."""
    records, all_or_none = _records(call)
    _check_runs(records)

    def action(context: Context, record: Record, options: SaveOptions) -> Result:
        owner = type_of(call, record)
        record_id, rest = take_id(record)
        if record_id[:3] != owner.prefix:
            raise SalesforceError(
                "MALFORMED_ID", f"id value of incorrect type: {record_id}", ["Id"]
            )
        return _done(save.update(context, owner, record_id, rest, options))

    return Answer(run(call, records, action, all_or_none=all_or_none))


def upsert(call: Call, name: str, key: str) -> Answer:
    """Create or change up to 200 records of one object by an external id."""
    owner = object_of(call, name)
    field = key_of(owner, key)
    records, all_or_none = _records(call)

    def action(context: Context, record: Record, options: SaveOptions) -> Result:
        if type_of(call, record) is not owner:
            message = f"records have to be of type {owner.name}"
            raise SalesforceError("INVALID_TYPE", message)
        return _done(upsert_one(context, owner, field.name, record, options), upsert=True)

    results = run(call, records, action, all_or_none=all_or_none)
    for record, result in zip(records, results, strict=True):
        if not result["success"]:
            result["created"] = not _exists(call, owner, field, record)
    return Answer(results)


def _exists(call: Call, owner: SObject, key: Field, record: Record) -> bool:
    """Say whether a refused record would have changed one, not created it."""
    value = next((each for name, each in record.items() if name.lower() == key.key), None)
    if not isinstance(value, str | int | float) or value == "":
        return False
    try:
        return bool(found_by_key(call, owner, key, str(value)))
    except SalesforceError:
        return False


def upsert_one(
    context: Context, owner: SObject, key: str, record: Record, options: SaveOptions
) -> Saved:
    """Create or change the record that carries its external id in its own body."""
    named = next((name for name in record if name.lower() == key.lower()), None)
    value = record[named] if named is not None else None
    if key == "Id" and not value:
        return save.insert(context, owner, _without(record, named), options)
    if value is None or value == "":
        message = f"{key} not specified"
        raise SalesforceError("MISSING_ARGUMENT", message, [key])
    rest = _without(record, named)
    return save.upsert(context, owner, key_of(owner, key), value, rest, options)


def _without(record: Record, named: str | None) -> Record:
    return {name: each for name, each in record.items() if name != named}


def read_many(call: Call, name: str, ids: list[str], fields: list[str]) -> Answer:
    """Return records in the order in which they were asked for; null for what is not there."""
    owner = object_of(call, name)
    if len(ids) > 2000:
        raise SalesforceError("EXCEEDED_ID_LIMIT", "Too many ids")
    found: list[Record | None] = []
    for text in ids:
        try:
            found.append(fetch(call, owner, references.short_or_full(text), fields))
        except SalesforceError as error:
            if error.code not in {"NOT_FOUND", "ENTITY_IS_DELETED"}:
                raise
            found.append(None)
    return Answer(found)


def get(call: Call, name: str) -> Answer:
    """Return records by ids in the address."""
    params = call.params()
    fields = [each for each in params.get("fields", "Id").split(",") if each]
    return read_many(call, name, params.get("ids", "").split(","), fields)


def post_get(call: Call, name: str) -> Answer:
    """Return records, or upsert nothing: ids and fields come in the body."""
    body = call.json_object()
    ids, fields = body.get("ids"), body.get("fields")
    if not isinstance(ids, list) or not isinstance(fields, list):
        raise parser_error("ids and fields have to be lists")
    return read_many(call, name, [str(each) for each in ids], [str(each) for each in fields])


def delete(call: Call) -> Answer:
    """Delete up to 200 records of any kind."""
    params = call.params()
    ids = [each for each in params.get("ids", "").split(",") if each]
    if not ids:
        raise SalesforceError("MISSING_ARGUMENT", "ids: at least one id is expected")
    if len(ids) > MOST:
        message = f"Number of records {len(ids)} exceeded max size {MOST}"
        raise SalesforceError("EXCEEDED_ID_LIMIT", message)

    def action(context: Context, record: Record, options: SaveOptions) -> Result:
        record_id = references.short_or_full(str(record["id"]))
        owner = context.schema.of_id(record_id)
        if owner is None:
            raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        bin_.delete(context, owner, record_id, options)
        return {"id": record_id, "success": True, "errors": []}

    records: list[Record] = [{"id": each} for each in ids]
    flag = params.get("allOrNone", "").lower() == "true"
    return Answer(run(call, records, action, all_or_none=flag))
