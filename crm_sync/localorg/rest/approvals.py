"""Approvals: submit, approve, reject."""

from crm_sync.localorg.errors import SalesforceError, parser_error
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.records import save
from crm_sync.localorg.records.deciding import Approver
from crm_sync.localorg.records.references import short_or_full

SHORT = 15


def post(call: Call) -> Answer:
    """Submit, approve or reject."""
    requests = call.json_object().get("requests")
    if not isinstance(requests, list):
        raise parser_error("requests: a list is expected")
    user = call.session.user_id if call.session else call.org.user_id
    approver = Approver(call.org.context(), user)
    with call.org.store.write():
        return Answer([approver.run(each) for each in requests])


def definitions(call: Call, name: str = "") -> list[dict[str, object]]:
    """Return the active approval processes, those of one object or all, in their order."""
    sql = (
        "SELECT s.id, s.name, d.Name, d.Description FROM _settled s JOIN ProcessDefinition d "
        "ON d.Id = s.id WHERE s.object = 'ProcessDefinition'"
    )
    with call.org.store.read() as connection:
        rows = {key: (record, *rest) for record, key, *rest in connection.execute(sql)}
    known = call.org.schema.processes
    found = [each for one in sorted(known) if name in {"", one} for each in known[one]]
    return [
        {
            "description": rows[each.key][2],
            "id": rows[each.key][0],
            "label": rows[each.key][1],
            "name": each.name,
            "object": each.object,
            "order": each.order,
        }
        for each in sorted(found, key=lambda one: (one.object, one.order))
        if each.is_active and each.key in rows
    ]


def listing(call: Call) -> Answer:
    """List the approval processes by object."""
    found: dict[str, list[dict[str, object]]] = {}
    for each in definitions(call):
        found.setdefault(str(each["object"]), []).append(
            {
                "description": each["description"],
                "id": str(each["id"])[:SHORT],
                "name": each["label"],
                "object": each["object"],
                "sortOrder": each["order"],
            }
        )
    return Answer({"approvals": found})


def rules(_call: Call) -> Answer:
    """List the workflow rules, of which the org runs none."""
    return Answer({"rules": {}})


def apply_rules(call: Call) -> Answer:
    """Apply the workflow rules to records: nothing happens to those that are there."""
    found = call.json_object().get("contextIds")
    for each in found if isinstance(found, list) else [found]:
        record_id = short_or_full(str(each))
        owner = call.org.visible.of_id(record_id)
        if owner is None:
            raise SalesforceError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        with call.org.store.write():
            save.live_row(call.org.context(), owner, record_id)
    return Answer({"errors": None, "success": True})
