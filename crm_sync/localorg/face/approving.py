"""Approvals on a record's page: what waits, and who decides how."""

from dataclasses import dataclass

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.deciding import Approver
from crm_sync.localorg.schema.model import SObject

ACTIONS = {"submit": "Submit", "approve": "Approve", "reject": "Reject", "recall": "Removed"}
MOST_COMMENT = 4000


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether a record can be submitted, and what of it waits for a decision."""

    can_submit: bool
    waits: str = ""


def approval_of(org: Org, owner: SObject, record_id: str) -> Approval:
    """Return where a record stands."""
    target = org.schema.require("ProcessInstance").fields["targetobjectid"]
    if owner.name not in target.refers:
        return Approval(can_submit=False)
    sql = (
        "SELECT w.Id FROM ProcessInstanceWorkitem w JOIN ProcessInstance p "
        "ON p.Id = w.ProcessInstanceId WHERE p.TargetObjectId = ? AND p.Status = 'Pending' "
        "AND p.IsDeleted = 0 AND w.IsDeleted = 0 ORDER BY w.Id LIMIT 1"
    )
    with org.store.read() as connection:
        row = connection.execute(sql, (record_id,)).fetchone()
    return Approval(can_submit=row is None, waits=str(row[0]) if row is not None else "")


def decide(org: Org, owner: SObject, record_id: str, action: str, comments: str) -> None:
    """Submit a record, or decide about what waits of it."""
    found = approval_of(org, owner, record_id)
    target = record_id if action == "submit" else found.waits
    if action not in ACTIONS or not target:
        raise SalesforceError("INVALID_FIELD", "Nothing of this record waits for a decision", [])
    request = {
        "actionType": ACTIONS[action],
        "contextId": target,
        "comments": comments[:MOST_COMMENT] or None,
    }
    with org.store.write():
        Approver(org.context(), org.user_id).run(request)
