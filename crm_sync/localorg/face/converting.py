"""The page on which a lead becomes an account, a contact and perhaps an opportunity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from crm_sync.localorg.errors import SalesforceError, not_found
from crm_sync.localorg.face import lookups
from crm_sync.localorg.face.records import title_of
from crm_sync.localorg.org import Org
from crm_sync.localorg.records.context import SaveOptions
from crm_sync.localorg.records.convert import Conversion, convert

ACCOUNT, CONTACT, OPPORTUNITY = "account", "contact", "opportunity"
LINKS = {
    ACCOUNT: ("Lead", "ConvertedAccountId"),
    CONTACT: ("Lead", "ConvertedContactId"),
    OPPORTUNITY: ("Lead", "ConvertedOpportunityId"),
}


class Link(NamedTuple):
    """One existing record that the lead can go into."""

    name: str
    label: str
    help: str
    value: str
    offers: list[str]


@dataclass(slots=True)
class Desk:
    """What the page shows and was sent."""

    lead_id: str
    title: str
    company: str
    statuses: list[str]
    links: list[Link] = field(default_factory=list)
    sent: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""


def desk(org: Org, lead_id: str, sent: Mapping[str, str]) -> Desk:
    """Return the page for one lead."""
    found = org.reader.query(f"SELECT Company, IsConverted FROM Lead WHERE Id = '{lead_id}'")
    if not found.records or found.records[0]["IsConverted"]:
        raise not_found()
    company = str(found.records[0]["Company"] or "")
    rows = org.reader.query(
        "SELECT ApiName FROM LeadStatus WHERE IsConverted = true ORDER BY SortOrder"
    ).records
    helps = {
        ACCOUNT: f"Empty: a new account “{company}”" if company else "Empty: a new account",
        CONTACT: "Empty: a new contact. One that exists needs its account above.",
        OPPORTUNITY: "Empty: a new one, if it is ticked below.",
    }
    links = [
        Link(name, f"Existing {name}", helps[name], sent.get(name, ""), _offers(org, name))
        for name in LINKS
    ]
    statuses = [str(row["ApiName"]) for row in rows]
    return Desk(lead_id, title_of(org, lead_id), company, statuses, links, sent)


def _offers(org: Org, name: str) -> list[str]:
    owner, link = LINKS[name]
    return lookups.offers(org, org.schema.require(owner).fields[link.lower()])


def _chosen(org: Org, name: str, sent: Mapping[str, str]) -> str | None:
    owner, link = LINKS[name]
    text = sent.get(name, "").strip()
    field_ = org.schema.require(owner).fields[link.lower()]
    return lookups.read(org, field_, text) if text else None


def submit(org: Org, page: Desk) -> str | None:
    """Convert the lead; return the contact's id, or leave the reason on the page."""
    sent = page.sent
    try:
        wish = Conversion(
            page.lead_id,
            sent.get("status") or (page.statuses[0] if page.statuses else ""),
            account_id=_chosen(org, ACCOUNT, sent),
            contact_id=_chosen(org, CONTACT, sent),
            opportunity_id=_chosen(org, OPPORTUNITY, sent),
            opportunity_name=sent.get("opportunity_name", "").strip()[:120] or None,
            no_opportunity="make_opportunity" not in sent,
        )
        return convert(org.context(), wish, SaveOptions(user_id=org.user_id)).contact_id
    except SalesforceError as error:
        page.failure = error.message
    return None
