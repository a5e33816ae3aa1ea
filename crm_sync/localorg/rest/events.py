"""Publishing platform events."""

import json
import uuid

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError, not_found, parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.values import read_value
from crm_sync.localorg.schema.model import SObject

PUBLISHED = "HourlyPublishedPlatformEvents"


def _values(owner: SObject, payload: object) -> dict[str, object]:
    if not isinstance(payload, dict):
        raise parser_error("An event has to be a JSON object")
    values: dict[str, object] = {}
    for name, value in payload.items():
        if name == "attributes":
            continue
        field = owner.find(name)
        if field is None or not field.createable:
            message = f"No such column '{name}' on sobject of type {owner.name}"
            raise SalesforceError("INVALID_FIELD", message)
        values[field.name] = read_value(field, value)
    missing = [
        field.name
        for field in owner.fields.values()
        if field.required and values.get(field.name) is None
    ]
    if missing:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        raise SalesforceError("REQUIRED_FIELD_MISSING", message, missing)
    return values


def keep(org: Org, owner: SObject, payload: object, user_id: str, event_id: str) -> int:
    """Store an event for its subscribers and return its replay id."""
    if org.limits.is_used_up(PUBLISHED):
        message = "The limit of platform events published within an hour is exceeded"
        raise SalesforceError("LIMIT_EXCEEDED", message)
    values: dict[str, object] = {
        field.name: None for field in owner.fields.values() if field.custom
    }
    values |= _values(owner, payload)
    body = {
        **values,
        "CreatedDate": clock.stamp().replace("+0000", "Z"),
        "CreatedById": user_id,
        "EventUuid": event_id,
    }
    with org.store.write() as connection:
        replay = org.events.append(connection, f"/event/{owner.name}", body)
        org.present.wrote += 1
        org.store.after_commit(org.journal.wrote)
    org.limits.use(PUBLISHED)
    return replay


def publish(call: Call, owner: SObject, payload: object) -> dict[str, object]:
    """Publish an event; the answer carries the event's own id."""
    event_id = str(uuid.uuid4())
    user = call.session.user_id if call.session else call.org.user_id
    keep(call.org, owner, payload, user, event_id)
    note = {"statusCode": "OPERATION_ENQUEUED", "message": event_id, "fields": []}
    return {"id": call.org.ids.next("e0x"), "success": True, "errors": [note]}


def schema(call: Call, schema_id: str) -> Answer:
    """Return the schema that an event names."""
    text = call.org.event_schemas.find(schema_id)
    if text is None:
        raise not_found()
    return Answer({**json.loads(text), "uuid": schema_id})


def schema_of(call: Call, name: str) -> Answer:
    """Return the schema of a platform event as it is now."""
    owner = call.org.schema.find(name)
    if owner is None or not owner.is_event:
        raise not_found()
    return schema(call, call.org.event_schemas.of(owner)[0])
