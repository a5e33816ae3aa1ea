"""Lead conversion: an account, a contact and perhaps an opportunity out of a lead."""

from dataclasses import dataclass, field

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.context import Context, SaveOptions, Values
from crm_sync.localorg.records.rules.persons import has_persons
from crm_sync.localorg.records.save import insert, live_row, update
from crm_sync.localorg.schema.persons import pairs

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


def _carry(lead: Values, fields: dict[str, str]) -> Values:
    return {target: lead[source] for source, target in fields.items() if lead.get(source)}


def _merge(ctx: Context, name: str, record_id: str, values: Values, options: SaveOptions) -> str:
    owner = ctx.schema.require(name)
    row = live_row(ctx, owner, record_id)
    empty = {key: value for key, value in values.items() if row.get(key) in {None, 0}}
    if empty:
        update(ctx, owner, record_id, empty, options)
    return record_id


def _account(ctx: Context, wish: Conversion, lead: Values, options: SaveOptions) -> str:
    values = _carry(lead, ACCOUNT)
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
    carried = _carry(lead, CONTACT)
    own = dict(pairs(ctx.schema.require("Contact")))
    values: Values = {own[name]: value for name, value in carried.items() if name in own}
    values["OwnerId"] = wish.owner_id or lead["OwnerId"]
    kind = "SELECT Id FROM RecordType WHERE SobjectType = 'Account' AND IsPersonType = 1"
    values["RecordTypeId"] = ctx.value(kind)
    return insert(ctx, ctx.schema.require("Account"), values, options).record_id


def _contact(
    ctx: Context, wish: Conversion, lead: Values, account_id: str, options: SaveOptions
) -> str:
    values = _carry(lead, CONTACT)
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
    ctx: Context, wish: Conversion, lead: Values, account_id: str, options: SaveOptions
) -> str | None:
    if wish.opportunity_id:
        return wish.opportunity_id
    if wish.no_opportunity:
        return None
    stage = ctx.value("SELECT ApiName FROM OpportunityStage WHERE IsClosed = 0 ORDER BY SortOrder")
    values: Values = {
        "Name": (wish.opportunity_name or str(lead["Company"] or lead["Name"]) + "-")[:120],
        "StageName": stage,
        "CloseDate": str(ctx.stamp(""))[:10],
        "AccountId": account_id,
        "LeadSource": lead.get("LeadSource"),
        "OwnerId": wish.owner_id or lead["OwnerId"],
    }
    return insert(ctx, ctx.schema.require("Opportunity"), values, options).record_id


def convert(ctx: Context, wish: Conversion, options: SaveOptions) -> Converted:
    """Convert a lead once; afterwards it cannot be changed."""
    ctx.require_right("ConvertLeads", options)
    system = SaveOptions(user_id=options.user_id, system=True)
    with ctx.store.write():
        lead = _check(ctx, wish)
        account_id = _account(ctx, wish, lead, system)
        contact_id = _contact(ctx, wish, lead, account_id, system)
        deal_id = _opportunity(ctx, wish, lead, account_id, system)
        facts: Values = {
            "Status": wish.status,
            "IsConverted": True,
            "ConvertedDate": str(ctx.stamp(""))[:10],
            "ConvertedAccountId": account_id,
            "ConvertedContactId": contact_id,
            "ConvertedOpportunityId": deal_id,
        }
        update(ctx, ctx.schema.require("Lead"), wish.lead_id, facts, system)
        ctx.connection().execute(
            "UPDATE Task SET WhoId = ?, WhatId = COALESCE(?, WhatId) WHERE WhoId = ?",
            (contact_id, deal_id, wish.lead_id),
        )
    return Converted(wish.lead_id, account_id, contact_id, deal_id)
