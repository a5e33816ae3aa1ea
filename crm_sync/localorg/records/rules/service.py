"""Cases and activities."""

from crm_sync.localorg.records.context import Change, Context
from crm_sync.localorg.records.rules.common import refuse, status_row


def before_case(ctx: Context, change: Change) -> None:
    """A case closes by its status and takes the account of its contact."""
    closed = int(bool(status_row(ctx, "CaseStatus", change.new.get("Status")).get("IsClosed")))
    change.new["IsClosed"] = closed
    if not closed:
        change.new["ClosedDate"] = None
    elif not change.new.get("ClosedDate"):
        change.new["ClosedDate"] = change.new["LastModifiedDate"]
    contact = ctx.row("Contact", change.new.get("ContactId"))
    if contact is None:
        change.new["ContactEmail"] = change.new["ContactPhone"] = None
        return
    change.new["ContactEmail"] = contact["Email"]
    change.new["ContactPhone"] = contact["Phone"]
    if not change.new.get("AccountId"):
        change.new["AccountId"] = contact["AccountId"]


def _account_of(ctx: Context, who: object, what: object) -> object:
    if isinstance(what, str) and what.startswith("001"):
        return what
    if isinstance(what, str):
        owner = ctx.schema.of_id(what)
        row = ctx.row(owner.name, what) if owner is not None else None
        if row is not None and row.get("AccountId"):
            return row["AccountId"]
    contact = ctx.row("Contact", who) if str(who).startswith("003") else None
    return contact["AccountId"] if contact is not None else None


def before_task(ctx: Context, change: Change) -> None:
    """A task is about a lead, or about a contact and something; never both."""
    _check_parents(change)
    closed = bool(status_row(ctx, "TaskStatus", change.new.get("Status")).get("IsClosed"))
    change.new["IsClosed"] = int(closed)
    change.new["IsHighPriority"] = int(change.new.get("Priority") == "High")
    stamp = change.new["LastModifiedDate"]
    change.new["CompletedDateTime"] = (
        (change.new.get("CompletedDateTime") or stamp) if closed else None
    )
    change.new["AccountId"] = _account_of(ctx, change.new.get("WhoId"), change.new.get("WhatId"))


def before_event(ctx: Context, change: Change) -> None:
    """An event needs a length, and follows the same rule about parents."""
    _check_parents(change)
    start = change.new.get("StartDateTime") or change.new.get("ActivityDateTime")
    has_end = change.new.get("EndDateTime") or change.new.get("DurationInMinutes") is not None
    if not change.new.get("IsAllDayEvent") and not (start and has_end):
        missing = ["DurationInMinutes", "ActivityDateTime"]
        message = f"Required fields are missing: [{', '.join(missing)}]"
        raise refuse("REQUIRED_FIELD_MISSING", message, *missing)
    change.new["AccountId"] = _account_of(ctx, change.new.get("WhoId"), change.new.get("WhatId"))


def _check_parents(change: Change) -> None:
    if str(change.new.get("WhoId") or "").startswith("00Q") and change.new.get("WhatId"):
        message = "Related To ID: a lead cannot be combined with a related record"
        raise refuse("FIELD_INTEGRITY_EXCEPTION", message, "WhatId")
