"""Links between records: by id, or by an external id of the parent."""

from crm_sync.localorg import ids
from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.records.context import Context
from crm_sync.localorg.records.values import read_value
from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.store.tables import quote

EXTRA_KEYS = {
    "RecordType": ("Name", "DeveloperName"),
    "Profile": ("Name",),
    "UserRole": ("Name",),
}

QUEUE = "00G"


def find_by_key(ctx: Context, owner: SObject, key: Field, value: object) -> list[str]:
    """Return the ids of the live records that carry a key."""
    sql = f"SELECT Id FROM {quote(owner.name)} WHERE {quote(key.name)} = ? AND IsDeleted = 0"
    return [row[0] for row in ctx.connection().execute(sql, (value,))]


def _is_key(owner: SObject, field: Field) -> bool:
    return field.is_key or field.name in EXTRA_KEYS.get(owner.name, ())


def _target(ctx: Context, reference: Field, payload: dict[str, object]) -> SObject:
    attributes = payload.get("attributes")
    named = attributes.get("type") if isinstance(attributes, dict) else None
    name = str(named) if named else reference.refers[0]
    if name.lower() not in {each.lower() for each in reference.refers}:
        message = f"{reference.label}: {name} is not a parent of this kind"
        raise SalesforceError("INVALID_FIELD", message, [reference.name])
    if named is None and len(reference.refers) > 1 and reference.name != "OwnerId":
        message = f"{reference.relationship}: polymorphic parents need attributes.type"
        raise SalesforceError("INVALID_FIELD", message, [reference.name])
    return ctx.schema.require(name)


def resolve_parent(ctx: Context, child: SObject, reference: Field, payload: object) -> str | None:
    """Return the id of a parent that a payload names by one of its keys."""
    if payload is None:
        return None
    if not isinstance(payload, dict):
        raise parser_error(f"Cannot deserialize {reference.relationship} from a plain value")
    target = _target(ctx, reference, payload)
    entries = [(name, value) for name, value in payload.items() if name != "attributes"]
    if len(entries) != 1:
        message = f"{reference.relationship}: exactly one external id names a parent"
        raise SalesforceError("INVALID_FIELD", message, [reference.name])
    name, value = entries[0]
    key = target.find(name)
    if key is None or not _is_key(target, key):
        message = (
            f"Field name provided, {name} is not an External ID or indexed field for {target.name}"
        )
        raise SalesforceError("INVALID_FIELD", message, [])
    if value is None or value == "":
        return None
    found = find_by_key(ctx, target, key, read_value(key, value))
    if target.name == "RecordType":
        found = [each for each in found if _of_object(ctx, each, child)]
    return _only(found, key, target, value)


def _of_object(ctx: Context, record_type: str, child: SObject) -> bool:
    row = ctx.row("RecordType", record_type)
    return row is not None and row["SobjectType"] == child.name


def _only(found: list[str], key: Field, target: SObject, value: object) -> str:
    if not found:
        message = (
            f"Foreign key external ID: {value} not found for field {key.name} "
            f"in entity {target.name}"
        )
        raise SalesforceError("INVALID_FIELD", message, [])
    if len(found) > 1:
        message = f"{key.name}: more than one record found for external id field: {found}"
        raise SalesforceError("DUPLICATE_EXTERNAL_ID", message, [])
    return found[0]


def check_reference(ctx: Context, reference: Field, value: str) -> None:
    """Refuse a link to a record that is not there or is of another kind."""
    target = ctx.schema.of_id(value)
    if target is None or target.name not in reference.refers:
        message = f"{reference.label}: id value of incorrect type: {value}"
        raise SalesforceError("MALFORMED_ID", message, [reference.name])
    sql = f"SELECT IsDeleted FROM {quote(target.name)} WHERE Id = ?"
    deleted = ctx.value(sql, value)
    if deleted is None:
        raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if deleted:
        raise SalesforceError("ENTITY_IS_DELETED", "entity is deleted", [], status=400)


def check_queue(ctx: Context, owner: SObject, reference: Field, value: str) -> None:
    """Refuse a queue that is kept for other objects; one that names none takes them all."""
    kinds = {row["SobjectType"] for row in ctx.rows(
        "SELECT SobjectType FROM QueueSobject WHERE QueueId = ? AND IsDeleted = 0", value
    )}  # fmt: skip
    if reference.name == "OwnerId" and kinds and owner.name not in kinds:
        message = "Queue not associated with this SObject type"
        raise SalesforceError("INVALID_OPERATION", message, [reference.name])


def _foreign_type(value: object) -> SalesforceError:
    message = f"Record Type ID: this ID value isn't valid for the user: {value}"
    return SalesforceError("INVALID_CROSS_REFERENCE_KEY", message, ["RecordTypeId"])


def check_granted(ctx: Context, owner: SObject, record_type: object) -> None:
    """Refuse a record type that the user may not use."""
    row = ctx.row("RecordType", record_type)
    if row is None or row["DeveloperName"] not in owner.record_types:
        raise _foreign_type(record_type)


def record_type_of(ctx: Context, owner: SObject, value: object) -> str | None:
    """Return the developer name of a record's type, checked to fit the object."""
    if not value:
        return None
    row = ctx.row("RecordType", value)
    if row is None or row["SobjectType"] != owner.name or not row["IsActive"]:
        raise _foreign_type(value)
    return str(row["DeveloperName"])


def short_or_full(value: str) -> str:
    """Return the full form of an id from an address, or refuse it."""
    full = ids.normalize(value)
    if full is None:
        raise SalesforceError("MALFORMED_ID", f"malformed id {value}", [])
    return full
