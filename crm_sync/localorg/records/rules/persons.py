"""Person accounts carry a contact of their own, and both say the same."""

from crm_sync.localorg.records.context import Change, Context, Values
from crm_sync.localorg.records.rules.common import refuse, set_columns
from crm_sync.localorg.schema.persons import NAMES, pairs

CONTACT = "Contact"


def has_persons(ctx: Context) -> bool:
    """Say whether the org knows person accounts."""
    return ctx.schema.require("Account").find("IsPersonAccount") is not None


def _is_person(ctx: Context, change: Change) -> bool:
    kind = ctx.row("RecordType", change.new.get("RecordTypeId"))
    return bool(kind and kind["IsPersonType"])


def _bad_names(names: list[str]) -> Exception:
    message = f"Account: bad field names on insert/update call: {', '.join(names)}"
    return refuse("INVALID_FIELD_FOR_INSERT_UPDATE", message, *names)


def _missing(name: str) -> Exception:
    return refuse("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]", name)


def before_account(ctx: Context, change: Change) -> None:
    """A person is named by parts, a company by its name; neither has the other's fields."""
    if not has_persons(ctx):
        return
    if not _is_person(ctx, change):
        _check_company(ctx, change)
        return
    if change.new.get("Name") and change.changed("Name") and not change.options.system:
        raise _bad_names(["Name"])
    if not change.new.get("LastName"):
        raise _missing("LastName")
    change.new["IsPersonAccount"] = 1
    parts = (change.new.get("FirstName"), change.new.get("LastName"))
    change.new["Name"] = " ".join(str(part) for part in parts if part)


def _check_company(ctx: Context, change: Change) -> None:
    if not change.new.get("Name"):
        raise _missing("Name")
    own = [name for _source, name in pairs(ctx.schema.require(CONTACT)) if _of_person(name)]
    wrong = [name for name in own if change.new.get(name) and change.changed(name)]
    if wrong:
        raise _bad_names(wrong)


def _of_person(name: str) -> bool:
    return name in NAMES or name.startswith("Person") or name.endswith("__pc")


def mirrored(ctx: Context, account: Values) -> Values:
    """Return what the contact of a person account holds."""
    found = pairs(ctx.schema.require(CONTACT))
    return {name: account.get(own) for name, own in found if own in account}


def after_account(ctx: Context, change: Change) -> None:
    """Keep the contact in step; a new person gets one."""
    if not change.new.get("IsPersonAccount"):
        return
    values = mirrored(ctx, change.new)
    contact_id = change.new.get("PersonContactId")
    if contact_id:
        row = ctx.row(CONTACT, contact_id) or {}
        values["Name"] = change.new["Name"]
        differing = {name: value for name, value in values.items() if row.get(name) != value}
        if differing:
            set_columns(ctx, CONTACT, str(contact_id), differing)
        return
    made = ctx.create(
        CONTACT,
        {**values, "AccountId": change.record_id, "OwnerId": change.new["OwnerId"]}
        | {"IsPersonAccount": True},
        change.options,
    )
    change.new["PersonContactId"] = made
    ctx.connection().execute(
        "UPDATE Account SET PersonContactId = ? WHERE Id = ?", (made, change.record_id)
    )


def after_contact(ctx: Context, change: Change) -> None:
    """What is changed on the contact of a person is changed on the account."""
    if not change.new.get("IsPersonAccount") or change.is_new:
        return
    account = ctx.row("Account", change.new.get("AccountId")) or {}
    found = {own: change.new.get(name) for name, own in pairs(change.owner) if own in account}
    found["Name"] = change.new.get("Name")
    differing = {name: value for name, value in found.items() if account.get(name) != value}
    if differing:
        set_columns(ctx, "Account", str(account["Id"]), differing)
