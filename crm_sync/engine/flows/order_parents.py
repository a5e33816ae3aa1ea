"""What an order hangs on: price book, price entries, account and person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crm_sync.engine.flows.customers import form_of
from crm_sync.engine.pusher import Item, push
from crm_sync.engine.run import Run
from crm_sync.mappings import goods, names, people
from crm_sync.mappings.orders import OrderFacts, line_product_key
from crm_sync.mappings.people import Person
from crm_sync.models import Link, SyncJob
from crm_sync.options import CONTACT, LEAD
from shop.pricing.price_lists.models import Price, PriceList

Candidate = tuple[SyncJob, OrderFacts]


@dataclass(frozen=True, slots=True)
class Parents:
    """Where an order hangs."""

    account: dict[str, str]
    book_code: str
    product_keys: Mapping[str, str]  # by line key
    contact_key: str = ""
    lead_external_id: str = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """The account of an order, and the person; or what has to be sent first."""

    account: dict[str, str] = field(default_factory=dict)
    contact_key: str = ""
    lead_external_id: str = ""
    guest_month: str = ""
    waits_for: tuple[str, str] | None = None


def find_parents(run: Run, candidates: Sequence[Candidate]) -> dict[int, Parents]:
    """Find what each order hangs on; one whose parent is not over there yet waits for it."""
    book = goods.shop_price_list()
    if book is None or not run.link(names.PRICE_LIST, book.code):
        for job, _ in candidates:
            run.block(job, names.PRICE_LIST, book.code if book else "default")
        return {}
    products = _products(run, book, candidates)
    owners = _owners(run, candidates)
    _ensure_guest_accounts(run, candidates, owners)
    found = {}
    for job, facts in candidates:
        if not run.is_open(job):
            continue
        waits_for = _missing_entry(run, facts, products) or owners[job.pk].waits_for
        if waits_for:
            run.block(job, *waits_for)
        else:
            found[job.pk] = _parents(facts, book, products, owners[job.pk])
    return found


def _parents(facts: OrderFacts, book: PriceList, products: set[str], owner: Owner) -> Parents:
    return Parents(
        account=owner.account,
        book_code=book.code,
        product_keys={line.key: line_product_key(line, products) for line in facts.lines},
        contact_key=owner.contact_key,
        lead_external_id=owner.lead_external_id,
    )


def _products(run: Run, book: PriceList, candidates: Sequence[Candidate]) -> set[str]:
    """Answer the variants that have a price, which is what an item needs; loads their links."""
    ids = {line.variant_id for _, facts in candidates for line in facts.lines if line.variant_id}
    priced = set(
        Price.objects.filter(price_list=book, variant_id__in=ids).values_list(
            "variant__key", flat=True
        )
    )
    run.load_links(names.PRICE, priced | {names.STAND_IN})
    return priced


def _missing_entry(run: Run, facts: OrderFacts, products: set[str]) -> tuple[str, str] | None:
    for line in facts.lines:
        key = line_product_key(line, products)
        if run.link(names.PRICE, key) is None:
            return (names.PRODUCT, line.product_key if key != names.STAND_IN else key)
    return None


def _owners(run: Run, candidates: Sequence[Candidate]) -> dict[int, Owner]:
    keys = {facts.order.customer.key for _, facts in candidates}
    persons = people.people(sorted(keys))
    for kind in (names.LEAD, names.ACCOUNT, names.CONTACT):
        run.load_links(kind, keys)
    return {
        job.pk: _owner(run, facts, persons[facts.order.customer.key]) for job, facts in candidates
    }


def _owner(run: Run, facts: OrderFacts, person: Person) -> Owner:
    key = person.key
    if run.link(names.ACCOUNT, key) and run.link(names.CONTACT, key):
        return Owner(account=names.reference(names.ACCOUNT, key), contact_key=key)
    form = form_of(run, person)
    if form == CONTACT:
        return Owner(waits_for=(names.CUSTOMER, key))
    month = names.month_key(facts.order.placed_at)
    account = names.reference(names.GUEST_ACCOUNT, month)
    if form != LEAD:
        return Owner(account=account, guest_month=month)
    lead = run.link(names.LEAD, key)
    if lead is None:
        return Owner(waits_for=(names.CUSTOMER, key))
    is_live = lead.state == Link.State.LIVE
    return Owner(
        account=account,
        guest_month=month,
        lead_external_id=lead.external_id if is_live else "",
    )


def _ensure_guest_accounts(
    run: Run, candidates: Sequence[Candidate], owners: Mapping[int, Owner]
) -> None:
    """The month's guest account is made by the first order that needs it."""
    first_job = {
        owners[job.pk].guest_month: job
        for job, _ in reversed(candidates)
        if owners[job.pk].guest_month
    }
    run.load_links(names.GUEST_ACCOUNT, first_job)
    results = push(
        run, [Item(job, people.guest_account_record(month)) for month, job in first_job.items()]
    )
    for job, _ in candidates:
        month = owners[job.pk].guest_month
        fault = results[names.GUEST_ACCOUNT, month].fault if month else None
        if fault:
            run.fail(job, fault)
