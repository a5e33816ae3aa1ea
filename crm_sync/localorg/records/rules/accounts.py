"""Accounts, campaigns and their members: what keeps them, what they refuse."""

from crm_sync.localorg.records.context import Change, Context, Values
from crm_sync.localorg.records.rules.common import refuse
from crm_sync.localorg.store.tables import quote

PARENTS = {
    "Account": "ParentId",
    "Asset": "ParentId",
    "Campaign": "ParentId",
    "Case": "ParentId",
    "Contact": "ReportsToId",
    "User": "ManagerId",
    "UserRole": "ParentRoleId",
}


def check_hierarchy(ctx: Context, change: Change) -> None:
    """Refuse a record that would be above itself."""
    name = PARENTS.get(change.owner.name)
    above = change.new.get(name) if name and change.changed(name) else None
    if name is None or change.is_new or not above:
        return
    sql = (
        f"WITH RECURSIVE up(id) AS (SELECT ? UNION SELECT t.{quote(name)} "
        f"FROM {quote(change.owner.name)} t JOIN up ON t.Id = up.id) SELECT 1 FROM up WHERE id = ?"
    )
    if ctx.value(sql, above, change.record_id):
        raise refuse("CIRCULAR_DEPENDENCY", "attempt to violate hierarchy constraints", name)


def before_delete_account(ctx: Context, record_id: str) -> None:
    """An account with a won deal or an activated contract stays."""
    account = ctx.row("Account", record_id) or {}
    name = account.get("Name")
    won = ctx.value(
        "SELECT Name FROM Opportunity WHERE AccountId = ? AND IsWon = 1 AND IsDeleted = 0",
        record_id,
    )
    if won:
        message = (
            f"Your attempt to delete {name} could not be completed because some opportunities in "
            f"{name} were closed won.: {won}\n"
        )
        raise refuse("DELETE_FAILED", message)
    contract = ctx.value(
        "SELECT ContractNumber FROM Contract WHERE AccountId = ? AND StatusCode = 'Activated' "
        "AND IsDeleted = 0",
        record_id,
    )
    if contract:
        message = (
            f"Your attempt to delete {name} could not be completed because it is associated with "
            f"the following activated contracts.: {contract}\n"
        )
        raise refuse("DELETE_FAILED", message)


def before_delete_contract(ctx: Context, record_id: str) -> None:
    """An activated contract cannot be deleted."""
    contract = ctx.row("Contract", record_id) or {}
    if contract.get("StatusCode") == "Activated":
        raise refuse("DELETE_FAILED", "An activated contract can't be deleted.")


def before_member(ctx: Context, change: Change) -> None:
    """A member of a campaign is one lead or one contact, and is it once."""
    lead, contact = change.new.get("LeadId"), change.new.get("ContactId")
    if not lead and not contact:
        missing = "Required fields are missing: [LeadId, ContactId]"
        raise refuse("REQUIRED_FIELD_MISSING", missing, "LeadId", "ContactId")
    if change.is_new:
        if lead and contact:
            message = "A campaign member is a lead or a contact, not both."
            raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "ContactId")
        _check_single(ctx, change)
    responded = change.new.get("Status") == "Responded"
    if responded and not change.new.get("HasResponded"):
        change.new["FirstRespondedDate"] = str(change.new["LastModifiedDate"])[:10]
    change.new["HasResponded"] = int(responded)


def _check_single(ctx: Context, change: Change) -> None:
    name = "LeadId" if change.new.get("LeadId") else "ContactId"
    taken = ctx.value(
        f"SELECT Id FROM CampaignMember WHERE CampaignId = ? AND {name} = ? AND IsDeleted = 0",
        change.new.get("CampaignId"),
        change.new.get(name),
    )
    if taken:
        raise refuse("DUPLICATE_VALUE", "Already a campaign member.")


def primary_campaign(ctx: Context, lead_id: str) -> Values:
    """Return the campaign that a lead joined last."""
    campaign = ctx.value(
        "SELECT CampaignId FROM CampaignMember WHERE LeadId = ? AND IsDeleted = 0 "
        "ORDER BY CreatedDate DESC, Id DESC",
        lead_id,
    )
    return {"CampaignId": campaign} if campaign else {}
