"""Leads, accounts and contacts: what a customer is in Salesforce, and how one becomes the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from allauth.account.models import EmailAddress

from crm_sync.client.faults import Kind
from crm_sync.engine.conversion import convert
from crm_sync.engine.flows.goods import GONE
from crm_sync.engine.matching import adopt, ask, stamp, value_at
from crm_sync.engine.presence import read_back
from crm_sync.engine.pusher import Item, push, settle
from crm_sync.engine.run import Run
from crm_sync.mappings import names, people
from crm_sync.mappings.people import Person
from crm_sync.mappings.records import Record
from crm_sync.models import Link, SyncJob
from crm_sync.options import CONTACT, LEAD, NONE
from shop.core import options
from shop.sales.cart.models import Cart, CartState
from shop.sales.orders.models import Order, OrderStatus

NOTHING = "The settings send nothing for this customer."
MERGED = "Merged into another customer, whose record carries it."
Customer = tuple[SyncJob, Person]


def push_customers(run: Run, jobs: Sequence[SyncJob]) -> None:
    """Bring customers over in the form that their purchases call for."""
    persons = people.people([job.key for job in jobs])
    keys = [*persons, *(key for person in persons.values() for key in person.merged_keys)]
    for kind in (names.LEAD, names.ACCOUNT, names.CONTACT):
        run.load_links(kind, keys)
    leads: list[Customer] = []
    accounts: list[Customer] = []
    _recall_leads(run, jobs, persons)
    for job in jobs:
        person = persons.get(job.key)
        if person is None:
            run.skip(job, GONE)
        elif person.customer.merged_into is not None:
            run.want(names.CUSTOMER, person.customer.merged_into.key)
            run.skip(job, MERGED)
        else:
            form = form_of(run, person)
            if form == NONE:
                run.skip(job, NOTHING)
            else:
                (accounts if form == CONTACT else leads).append((job, person))
    accounts += _push_leads(run, leads)
    _push_accounts(run, accounts)


def _recall_leads(run: Run, jobs: Sequence[SyncJob], persons: Mapping[str, Person]) -> None:
    """A try that broke off may have made a lead that nobody noted.

    Who has bought or was merged since then is no lead any more: without knowing of the old one we
    would make a contact beside it, and the person would be there twice.
    """
    unsure = [
        people.lead_record(persons[job.key], {})
        for job in jobs
        if job.attempts and job.key in persons and run.link(names.LEAD, job.key) is None
    ]
    if unsure:
        read_back(run, "Lead", unsure)


def form_of(run: Run, person: Person) -> str:
    """Answer lead, contact (with account) or none; who is a contact stays one."""
    if run.link(names.CONTACT, person.key):
        return CONTACT
    if person.is_guest:
        converts = person.has_purchased and options.value("crm.convert_guests")
        return CONTACT if converts else str(options.value("crm.guest_policy"))
    claimed = any(run.link(names.LEAD, key) for key in person.merged_keys)
    if person.has_purchased or claimed:
        return CONTACT
    return str(options.value("crm.signup_creates"))


def _push_leads(run: Run, customers: Sequence[Customer]) -> list[Customer]:
    """Bring leads over; answers those who turn out to be contacts already."""
    known = _link_known_contacts(run, customers)
    rest = [customer for customer in customers if customer not in known]
    record_types = dict(run.facts.record_types.get("Lead", {}))
    items = [Item(job, people.lead_record(person, record_types)) for job, person in rest]
    _link_strangers(run, items)
    open_ones = [pair for pair in zip(items, rest, strict=True) if run.is_open(pair[0].job)]
    results = push(run, [item for item, _ in open_ones], _adopt_leads)
    converted = []
    for item, customer in open_ones:
        fault = results[item.record.identity].fault
        if fault and fault.kind is Kind.CONVERTED:
            converted.append(customer)
        else:
            settle(run, item.job, results, [item.record.identity])
    return known + converted


def _link_strangers(run: Run, items: Sequence[Item]) -> None:
    """Leads that the org had before us are found by e-mail and become ours."""
    if "Lead" in run.facts.strangers:
        _adopt_leads(run, items)


def _adopt_leads(run: Run, items: Sequence[Item]) -> None:
    by_email = {
        str(item.record.fields["Email"]): item
        for item in items
        if item.record.fields.get("Email") and not run.link(*item.record.identity)
    }
    if by_email:
        soql = (
            "SELECT Id, Email FROM Lead "
            "WHERE Shop_Id__c = null AND IsConverted = false AND Email IN {names}"
        )
        adopt(run, "Lead", soql, "Email", by_email)


def _link_known_contacts(run: Run, customers: Sequence[Customer]) -> list[Customer]:
    """A contact that people in the org made is ours once the e-mail is verified; no lead then."""
    if "Contact" not in run.facts.strangers:
        return []
    by_email = {
        person.customer.email: (job, person)
        for job, person in customers
        if person.customer.email and not person.is_guest
    }
    verified = EmailAddress.objects.filter(email__in=by_email, verified=True, user__isnull=False)
    emails = sorted({row.email.lower() for row in verified} & set(by_email))
    if not emails:
        return []
    soql = (
        "SELECT Id, Email, AccountId, Account.Shop_Id__c FROM Contact "
        "WHERE Shop_Id__c = null AND Email IN {names}"
    )
    rows = ask(run, soql, emails)
    found = [by_email[email] for email in emails if _one(rows, email)]
    for job, person in found:
        _adopt_contact(run, job, person, _one(rows, person.customer.email) or {})
    return found


def _adopt_contacts(run: Run, items: Sequence[Item]) -> None:
    """The same for those who bought before the org knew of them; never by an unproven e-mail."""
    by_email = {
        str(item.record.fields["Email"]): item
        for item in items
        if item.record.fields.get("Email") and not run.link(*item.record.identity)
    }
    proven = EmailAddress.objects.filter(email__in=by_email, verified=True, user__isnull=False)
    wanted = {row.email.lower() for row in proven} & set(by_email)
    if wanted:
        soql = "SELECT Id, Email FROM Contact WHERE Shop_Id__c = null AND Email IN {names}"
        adopt(run, "Contact", soql, "Email", {email: by_email[email] for email in wanted})


def _one(rows: Sequence[dict[str, Any]], email: str) -> dict[str, Any] | None:
    matches = [row for row in rows if str(row["Email"]).lower() == email]
    return matches[0] if len(matches) == 1 else None


def _adopt_contact(run: Run, job: SyncJob, person: Person, row: Mapping[str, Any]) -> None:
    account_id = str(row.get("AccountId") or "")
    if value_at(row, "Account.Shop_Id__c"):
        account_id = ""  # somebody else's: this person gets an account of their own
    for record, salesforce_id in (
        (people.account_record(person), account_id),
        (people.contact_record(person), str(row["Id"])),
    ):
        if not salesforce_id or not run.is_open(job):
            continue
        claim = {"Id": salesforce_id, names.EXTERNAL_ID: record.external_id}
        fault = stamp(run, record.sobject, [claim])[salesforce_id]
        if fault is None:
            run.save_links([_link(run, record.kind, record.key, record, salesforce_id)])
            run.progressed.add(job.pk)
        elif fault.kind is not Kind.RACE:
            run.fail(job, fault)


def _link(run: Run, kind: str, key: str, record: Record, salesforce_id: str) -> Link:
    return Link(
        connection=run.connection,
        kind=kind,
        key=key,
        sobject=record.sobject,
        salesforce_id=salesforce_id,
        external_id=record.external_id,
    )


def _push_accounts(run: Run, customers: Sequence[Customer]) -> None:
    """Bring buyers over: convert what was a lead, then account first and contact second."""
    newcomers = [person for job, person in customers if _is_new(run, job, person)]
    try:
        _convert_and_push(run, customers)
    finally:
        # Also when the org has to rest: at the next try these are no newcomers any more.
        _touch_surroundings(run, newcomers)


def _is_new(run: Run, job: SyncJob, person: Person) -> bool:
    """Whether the contact is not there yet, or a try that broke off may have just made it."""
    link = run.link(names.CONTACT, person.key)
    return link is None or not link.last_pushed_hash or job.attempts > 0


def _convert_and_push(run: Run, customers: Sequence[Customer]) -> None:
    convert(run, customers)
    ready = [customer for customer in customers if run.is_open(customer[0])]
    results = push(run, [Item(job, people.account_record(person)) for job, person in ready])
    with_account = [
        customer for customer in ready if not results[names.ACCOUNT, customer[1].key].fault
    ]
    contacts = [Item(job, people.contact_record(person)) for job, person in with_account]
    results |= push(run, contacts, _adopt_contacts)
    for job, person in ready:
        identities = [(names.ACCOUNT, person.key), (names.CONTACT, person.key)]
        settle(run, job, results, [name for name in identities if name in results])


def _touch_surroundings(run: Run, newcomers: Sequence[Person]) -> None:
    """Drafts and deals of somebody who just became a contact move to the new account."""
    ids = [person.customer.pk for person in newcomers if run.link(names.CONTACT, person.key)]
    if not ids:
        return
    drafts = Order.objects.filter(
        customer_id__in=ids, status=OrderStatus.DRAFT, is_history=False
    ).values_list("key", flat=True)
    carts = Cart.objects.filter(
        customer_id__in=ids, state__in=[CartState.OPEN, CartState.ORDERED]
    ).values_list("key", flat=True)
    for key in drafts:
        run.want(names.ORDER, key)
    for key in carts:
        run.want(names.CART, key)


def needs_record(run: Run, person: Person) -> bool:
    """Whether this customer has, or will get, a record in Salesforce."""
    return form_of(run, person) in (LEAD, CONTACT)
