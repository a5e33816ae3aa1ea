"""Change events of the objects that the org's metadata selects."""

import uuid

from crm_sync.localorg import clock
from crm_sync.localorg.records.context import Change

HIDDEN = frozenset(("Id", "IsDeleted", "SystemModstamp"))


def channel_of(object_name: str) -> str:
    """Return the channel on which an object's changes are told."""
    if object_name.endswith("__c"):
        return f"/data/{object_name[:-1]}ChangeEvent"
    return f"/data/{object_name}ChangeEvent"


def change_event(kind: str, change: Change, client: str, stamp: str) -> dict[str, object]:
    """Return the payload that tells of a change."""
    names = sorted(change.changed_fields() - HIDDEN)
    values: dict[str, object] = {}
    for name in names if kind in {"CREATE", "UPDATE"} else []:
        field = change.owner.fields[name.lower()]
        value = change.new.get(name)
        if kind == "UPDATE" or value is not None:
            values[name] = bool(value) if field.type == "boolean" and value is not None else value
    origin = "com/salesforce/api/rest/67.0" + (f";client={client}" if client else "")
    header: dict[str, object] = {
        "entityName": change.owner.name,
        "recordIds": [change.record_id],
        "changeType": kind,
        "changeOrigin": origin,
        "transactionKey": str(uuid.uuid4()),
        "sequenceNumber": 1,
        "commitTimestamp": int(clock.parse_datetime(stamp).timestamp() * 1000),
        "commitNumber": clock.milliseconds(),
        "commitUser": change.options.user_id,
        "nulledFields": [],
        "diffFields": [],
        "changedFields": names if kind == "UPDATE" else [],
    }
    return {"ChangeEventHeader": header, **values}
