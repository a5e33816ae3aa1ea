"""Leads, contacts, users: names and what conversion locks."""

from crm_sync.localorg.records.context import Change, Context
from crm_sync.localorg.records.rules.common import person_name, refuse


def before_person(_ctx: Context, change: Change) -> None:
    """Put the full name together."""
    person_name(change)


def before_lead(_ctx: Context, change: Change) -> None:
    """A converted lead is history and cannot be changed."""
    converted = change.old is not None and change.old.get("IsConverted")
    if converted and not change.options.system:
        raise refuse("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    person_name(change)


def before_asset(_ctx: Context, change: Change) -> None:
    """An asset belongs to an account or a contact."""
    if not change.new.get("AccountId") and not change.new.get("ContactId"):
        message = "Every asset needs an account, a contact, or both."
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "AccountId")


def before_contract(ctx: Context, change: Change) -> None:
    """A contract starts as a draft."""
    row = ctx.first("SELECT * FROM ContractStatus WHERE ApiName = ?", change.new.get("Status"))
    code = row["StatusCode"] if row else "Draft"
    if change.is_new and code == "Activated":
        message = "Choose a valid contract status and save your changes."
        raise refuse("FAILED_ACTIVATION", message, "Status")
    change.new["StatusCode"] = code
    if code == "Activated" and change.changed("StatusCode"):
        change.new["ActivatedById"] = change.options.user_id
        change.new["ActivatedDate"] = change.new["LastModifiedDate"]
