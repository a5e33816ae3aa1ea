"""Publishing platform events."""

import uuid

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.messages import Call
from crm_sync.localorg.records.values import read_value
from crm_sync.localorg.schema.model import SObject


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


def publish(call: Call, owner: SObject, payload: object) -> dict[str, object]:
    """Store an event for its subscribers; the answer carries the event's own id."""
    org = call.org
    values: dict[str, object] = {
        field.name: None for field in owner.fields.values() if field.custom
    }
    values |= _values(owner, payload)
    event_id = str(uuid.uuid4())
    user = call.session.user_id if call.session else org.user_id
    body = {
        **values,
        "CreatedDate": clock.stamp(),
        "CreatedById": user,
        "EventUuid": event_id,
    }
    with org.store.write() as connection:
        org.events.append(connection, f"/event/{owner.name}", body)
        org.present.wrote += 1
        org.store.after_commit(org.journal.wrote)
    org.limits.use("HourlyPublishedPlatformEvents")
    note = {"statusCode": "OPERATION_ENQUEUED", "message": event_id, "fields": []}
    return {"id": org.ids.next("e0x"), "success": True, "errors": [note]}
