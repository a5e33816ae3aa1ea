"""Lead conversion: an account, a contact and perhaps an opportunity out of a lead."""

from dataclasses import dataclass, field
from datetime import timedelta

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import Context, SaveOptions, Values
from crm_sync.localorg.records.delete import relink
from crm_sync.localorg.records.rules.accounts import primary_campaign
from crm_sync.localorg.records.rules.persons import has_persons
from crm_sync.localorg.records.save import insert, live_row, update
from crm_sync.localorg.schema.persons import pairs
from crm_sync.localorg.store.tables import quote

ACCOUNT = {
    "Phone": "Phone",
    "Fax": "Fax",
    "Website": "Website",
    "Industry": "Industry",
    "Rating": "Rating",
    "AnnualRevenue": "AnnualRevenue",
    "NumberOfEmployees": "NumberOfEmployees",
    "Street": "BillingStreet",
    "City": "BillingCity",
    "State": "BillingState",
    "PostalCode": "BillingPostalCode",
    "Country": "BillingCountry",
    "LeadSource": "AccountSource",
}
CONTACT = {
    "FirstName": "FirstName",
    "LastName": "LastName",
    "Salutation": "Salutation",
    "Title": "Title",
    "Email": "Email",
    "Phone": "Phone",
    "MobilePhone": "MobilePhone",
    "Fax": "Fax",
    "Street": "MailingStreet",
    "City": "MailingCity",
    "State": "MailingState",
    "PostalCode": "MailingPostalCode",
    "Country": "MailingCountry",
    "LeadSource": "LeadSource",
    "Description": "Description",
    "HasOptedOutOfEmail": "HasOptedOutOfEmail",
    "DoNotCall": "DoNotCall",
}


@dataclass(slots=True)
class Conversion:
    """What a client asked for."""

    lead_id: str
    status: str
    account_id: str | None = None
    contact_id: str | None = None
    opportunity_id: str | None = None
    opportunity_name: str | None = None
    owner_id: str | None = None
    no_opportunity: bool = False
    overwrite_source: bool = False


@dataclass(slots=True)
class Converted:
    """What came out of it."""

    lead_id: str
    account_id: str
    contact_id: str
    opportunity_id: str | None = None
    facts: Values = field(default_factory=dict)


def _check(ctx: Context, wish: Conversion) -> Values:
    lead_schema = ctx.schema.require("Lead")
    lead = live_row(ctx, lead_schema, wish.lead_id)
    if lead["IsConverted"]:
        message = "cannot reference converted lead"
        raise SalesforceError("CANNOT_UPDATE_CONVERTED_LEAD", message, ["leadId"])
    status = ctx.first("SELECT * FROM LeadStatus WHERE ApiName = ?", wish.status)
    if status is None or not status["IsConverted"]:
        message = f"invalid convertedStatus: {wish.status}"
        raise SalesforceError("INVALID_STATUS", message, ["convertedStatus"])
    if wish.contact_id and not wish.account_id:
        message = "If you specify a contactId, you must specify an accountId"
        raise SalesforceError("REQUIRED_FIELD_MISSING", message, ["accountId"])
    if str(lead["OwnerId"]).startswith("00G") and not wish.owner_id:
        message = (
            "Converted objects can only be owned by users. If the lead is not owned by a user, "
            "you must specify a user for the Owner field."
        )
        raise SalesforceError("INVALID_FIELD_FOR_INSERT_UPDATE", message, ["ownerId"])
    return lead


def _carry(ctx: Context, lead: Values, fields: dict[str, str], name: str = "") -> Values:
    """Return what a lead gives to a record: the standard fields, then what setup maps."""
    found = {target: lead[source] for source, target in fields.items() if lead.get(source)}
    target_object = ctx.schema.find(name) if name else None
    lead_schema = ctx.schema.require("Lead")
    for source, target in ctx.schema.conversion.get(name, ()):
        mapped, into = lead_schema.find(source), target_object and target_object.find(target)
        if mapped and into and lead.get(mapped.name) is not None:
            found[into.name] = lead[mapped.name]
    return found


def _merge(ctx: Context, name: str, record_id: str, values: Values, options: SaveOptions) -> str:
    owner = ctx.schema.require(name)
    row = live_row(ctx, owner, record_id)
    empty = {key: value for key, value in values.items() if row.get(key) in {None, 0}}
    if empty:
        update(ctx, owner, record_id, empty, options)
    return record_id


def _account(ctx: Context, wish: Conversion, lead: Values, options: SaveOptions) -> str:
    values = _carry(ctx, lead, ACCOUNT, "Account")
    if wish.account_id:
        return _merge(ctx, "Account", wish.account_id, values, options)
    if not lead["Company"] and has_persons(ctx):
        return _person(ctx, wish, lead, options)
    values |= {
        "Name": lead["Company"] or lead["Name"],
        "OwnerId": wish.owner_id or lead["OwnerId"],
    }
    return insert(ctx, ctx.schema.require("Account"), values, options).record_id


def _person(ctx: Context, wish: Conversion, lead: Values, options: SaveOptions) -> str:
    """Make a person account of a lead that names no company."""
    carried = _carry(ctx, lead, CONTACT)
    own = dict(pairs(ctx.schema.require("Contact")))
    values: Values = {own[name]: value for name, value in carried.items() if name in own}
    values["OwnerId"] = wish.owner_id or lead["OwnerId"]
    kind = "SELECT Id FROM RecordType WHERE SobjectType = 'Account' AND IsPersonType = 1"
    values["RecordTypeId"] = ctx.value(kind)
    return insert(ctx, ctx.schema.require("Account"), values, options).record_id


def _contact(
    ctx: Context, wish: Conversion, lead: Values, account_id: str, options: SaveOptions
) -> str:
    values = _carry(ctx, lead, CONTACT, "Contact")
    account = ctx.row("Account", account_id) or {}
    if account.get("PersonContactId"):
        return str(account["PersonContactId"])
    if wish.contact_id:
        contact = live_row(ctx, ctx.schema.require("Contact"), wish.contact_id)
        if contact["AccountId"] != account_id:
            message = "The contact must be associated with the account"
            raise SalesforceError("INVALID_FIELD", message, ["contactId"])
        if wish.overwrite_source and lead.get("LeadSource"):
            source = {"LeadSource": lead["LeadSource"]}
            update(ctx, ctx.schema.require("Contact"), wish.contact_id, source, options)
        return _merge(ctx, "Contact", wish.contact_id, values, options)
    values |= {"AccountId": account_id, "OwnerId": wish.owner_id or lead["OwnerId"]}
    return insert(ctx, ctx.schema.require("Contact"), values, options).record_id


def _opportunity(
    ctx: Context,
    wish: Conversion,
    lead: Values,
    parents: tuple[str, str],
    options: SaveOptions,
) -> str | None:
    account_id, contact_id = parents
    if wish.opportunity_id:
        return _existing_deal(ctx, wish.opportunity_id, account_id)
    if wish.no_opportunity:
        return None
    stage = ctx.value("SELECT ApiName FROM OpportunityStage WHERE IsClosed = 0 ORDER BY SortOrder")
    values: Values = {
        "Name": (wish.opportunity_name or str(lead["Company"] or lead["Name"]) + "-")[:120],
        "StageName": stage,
        "CloseDate": _quarter_end(ctx),
        "AccountId": account_id,
        "LeadSource": lead.get("LeadSource"),
        "OwnerId": wish.owner_id or lead["OwnerId"],
        **primary_campaign(ctx, wish.lead_id),
        **_carry(ctx, lead, {}, "Opportunity"),
    }
    deal = insert(ctx, ctx.schema.require("Opportunity"), values, options).record_id
    role = {"OpportunityId": deal, "ContactId": contact_id, "IsPrimary": True}
    insert(ctx, ctx.schema.require("OpportunityContactRole"), role, options)
    return deal


def _existing_deal(ctx: Context, deal_id: str, account_id: str) -> str:
    deal = live_row(ctx, ctx.schema.require("Opportunity"), deal_id)
    if deal["AccountId"] != account_id:
        message = "The opportunity must be associated with the account"
        raise SalesforceError("INVALID_FIELD", message, ["opportunityId"])
    return deal_id


def _quarter_end(ctx: Context) -> str:
    """Return the last day of the present quarter, the day by which a new deal should close."""
    today = clock.now().astimezone(ctx.zone).date()
    last = (today.month + 2) // 3 * 3
    following = today.replace(year=today.year + last // 12, month=last % 12 + 1, day=1)
    return (following - timedelta(days=1)).isoformat()


def _move(ctx: Context, lead_id: str, contact: str, deal: str | None, options: SaveOptions) -> None:
    """Let activities, notes and campaigns of the lead lead to what came out of it."""
    for name in ("Task", "Event"):
        for row in _rows(ctx, name, "WhoId", lead_id):
            account = (ctx.row("Contact", contact) or {}).get("AccountId")
            links: Values = {"WhoId": contact, "AccountId": account}
            if deal and not row["WhatId"]:
                links["WhatId"] = deal
            relink(ctx, ctx.schema.require(name), row, links, options)
    for row in _rows(ctx, "Note", "ParentId", lead_id):
        relink(ctx, ctx.schema.require("Note"), row, {"ParentId": contact}, options)
    for row in _rows(ctx, "CampaignMember", "LeadId", lead_id):
        relink(ctx, ctx.schema.require("CampaignMember"), row, {"ContactId": contact}, options)


def _rows(ctx: Context, name: str, field_name: str, value: str) -> list[Values]:
    sql = f"SELECT * FROM {quote(name)} WHERE {quote(field_name)} = ? AND IsDeleted = 0"
    return ctx.rows(sql, value)


def convert(ctx: Context, wish: Conversion, options: SaveOptions) -> Converted:
    """Convert a lead once; afterwards it cannot be changed."""
    ctx.require_right("ConvertLeads", options)
    system = SaveOptions(user_id=options.user_id, system=True)
    with ctx.store.write():
        lead = _check(ctx, wish)
        account_id = _account(ctx, wish, lead, system)
        contact_id = _contact(ctx, wish, lead, account_id, system)
        deal_id = _opportunity(ctx, wish, lead, (account_id, contact_id), system)
        facts: Values = {
            "Status": wish.status,
            "IsConverted": True,
            "ConvertedDate": str(ctx.stamp(""))[:10],
            "ConvertedAccountId": account_id,
            "ConvertedContactId": contact_id,
            "ConvertedOpportunityId": deal_id,
        }
        update(ctx, ctx.schema.require("Lead"), wish.lead_id, facts, system)
        _move(ctx, wish.lead_id, contact_id, deal_id, system)
    return Converted(wish.lead_id, account_id, contact_id, deal_id)
