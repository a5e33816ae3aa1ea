"""Many records in one request."""

from collections import Counter
from collections.abc import Callable, Iterable

from crm_sync.localorg import ids
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

MOST, MOST_READ = 200, 2000
MOST_RUNS = 10
NOT_THERE = frozenset(("NOT_FOUND", "ENTITY_IS_DELETED"))
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


def too_many(most: int) -> SalesforceError:
    """Return the refusal of a call with more records than it may have."""
    message = f"record limit reached. cannot submit more than {most} records into this call"
    return SalesforceError("EXCEEDED_ID_LIMIT", message)


class RolledBack(Exception):
    """Undoes everything because one record failed."""


def _records(call: Call) -> tuple[list[Record], bool]:
    body = call.json_object()
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise SalesforceError("JSON_PARSER_ERROR", "records: a list of objects is expected")
    if len(records) > MOST:
        raise too_many(MOST)
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
        message = (
            f"Cannot have more than {MOST_RUNS} chunks in a single operation. "
            "Please rearrange the data to reduce chunking."
        )
        raise SalesforceError("INVALID_FIELD", message)


def run(
    call: Call,
    records: list[Record],
    action: Action,
    *,
    all_or_none: bool,
    creating: bool = False,
) -> list[Result]:
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
        return [_rolled_back(each, creating) if each["success"] else each for each in results]
    return results


def _rolled_back(result: Result, creating: bool) -> Result:
    """Return the result of a record that was fine; what was there before keeps its id."""
    is_new = creating or result.get("created")
    return failed(ROLLED_BACK) if is_new else {"id": result["id"], **failed(ROLLED_BACK)}


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

    return Answer(run(call, records, action, all_or_none=all_or_none, creating=True))


def take_id(record: Record) -> tuple[str, Record]:
    """Return a record's id and the rest of it."""
    found = [name for name in record if name.lower() == "id"]
    if not found or not isinstance(record[found[0]], str):
        message = "Id not specified in an update call"
        raise SalesforceError("MISSING_ARGUMENT", message, ["Id"])
    rest = {name: value for name, value in record.items() if name not in found}
    return str(record[found[0]]), rest


def wrong_id(owner: SObject, text: str) -> SalesforceError:
    """Return the refusal of an id that no record of this object can have."""
    label = "Record" if owner.custom else owner.label
    message = f"{label} ID: id value of incorrect type: {text}"
    return SalesforceError("MALFORMED_ID", message, ["Id"])


def update(call: Call) -> Answer:
    """Change up to 200 records."""
    records, all_or_none = _records(call)
    _check_runs(records)

    def action(context: Context, record: Record, options: SaveOptions) -> Result:
        owner = type_of(call, record)
        text, rest = take_id(record)
        record_id = ids.normalize(text) or text
        if record_id[:3] != owner.prefix:
            raise wrong_id(owner, record_id)
        return _done(save.update(context, owner, record_id, rest, options))

    return Answer(run(call, records, action, all_or_none=all_or_none))


def upsert(call: Call, name: str, key: str) -> Answer:
    """Create or change up to 200 records of one object by an external id."""
    owner = object_of(call, name)
    field = key_of(owner, key)
    records, all_or_none = _records(call)
    twice = doubled(field.name, records)

    def action(context: Context, record: Record, options: SaveOptions) -> Result:
        if type_of(call, record).name != owner.name:
            message = f"records have to be of type {owner.name}"
            raise SalesforceError("INVALID_TYPE", message)
        saved = upsert_one(context, owner, field.name, record, options, twice)
        return _done(saved, upsert=True)

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


def doubled(key: str, records: Iterable[Record]) -> frozenset[str]:
    """Return the values of a key that more than one record of a call carries."""
    found = Counter(
        str(value)
        for record in records
        for name, value in record.items()
        if name.lower() == key.lower() != "id"
    )
    return frozenset(value for value, count in found.items() if count > 1)


def upsert_one(
    context: Context,
    owner: SObject,
    key: str,
    record: Record,
    options: SaveOptions,
    twice: frozenset[str] = frozenset(),
) -> Saved:
    """Create or change the record that carries its external id in its own body."""
    named = next((name for name in record if name.lower() == key.lower()), None)
    value = record[named] if named is not None else None
    if key == "Id" and not value:
        return save.insert(context, owner, _without(record, named), options)
    if value is None or value == "":
        message = f"{key} not specified"
        raise SalesforceError("MISSING_ARGUMENT", message, [key])
    if str(value) in twice:
        message = f"Duplicate external id specified: {value}"
        raise SalesforceError("DUPLICATE_VALUE", message, [key])
    rest = _without(record, named)
    return save.upsert(context, owner, key_of(owner, key), value, rest, options)


def _without(record: Record, named: str | None) -> Record:
    return {name: each for name, each in record.items() if name != named}


def read_many(call: Call, name: str, wanted: list[str], fields: list[str]) -> Answer:
    """Return records in the order in which they were asked for; null for what is not there."""
    owner = object_of(call, name)
    if len(wanted) > MOST_READ:
        raise too_many(MOST_READ)
    found: list[Record | None] = []
    for text in wanted:
        try:
            found.append(fetch(call, owner, references.short_or_full(text), fields))
        except SalesforceError as error:
            if error.code not in NOT_THERE:
                raise
            found.append(None)
    return Answer(found)


def get(call: Call, name: str) -> Answer:
    """Return records by ids in the address."""
    params = call.params()
    fields = [each for each in params.get("fields", "Id").split(",") if each]
    return read_many(call, name, params.get("ids", "").split(","), fields)


def post_get(call: Call, name: str) -> Answer:
    """Return records; ids and fields come in the body."""
    body = call.json_object()
    wanted, fields = body.get("ids"), body.get("fields")
    if not isinstance(wanted, list) or not isinstance(fields, list):
        raise parser_error("ids and fields have to be lists")
    return read_many(call, name, [str(each) for each in wanted], [str(each) for each in fields])


def delete(call: Call) -> Answer:
    """Delete up to 200 records of any kind."""
    params = call.params()
    named = [each for each in params.get("ids", "").split(",") if each]
    if not named:
        raise SalesforceError("MISSING_ARGUMENT", "ids: at least one id is expected")
    if len(named) > MOST:
        raise too_many(MOST)

    def action(context: Context, record: Record, options: SaveOptions) -> Result:
        record_id = references.short_or_full(str(record["id"]))
        owner = context.schema.of_id(record_id)
        if owner is None:
            raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        bin_.delete(context, owner, record_id, options)
        return {"id": record_id, "success": True, "errors": []}

    records: list[Record] = [{"id": each} for each in named]
    flag = params.get("allOrNone", "").lower() == "true"
    return Answer(run(call, records, action, all_or_none=flag))
