"""Carts and their opportunities: the deal first, because the cart points at it."""

from collections.abc import Sequence

from crm_sync.client.faults import Fault, classify
from crm_sync.engine.flows.customers import needs_record
from crm_sync.engine.flows.goods import GONE
from crm_sync.engine.pusher import Item, push, settle
from crm_sync.engine.run import Run
from crm_sync.mappings import carts, goods, names, people
from crm_sync.mappings.carts import CartFacts
from crm_sync.mappings.records import Record
from crm_sync.models import Link, SyncJob

EMPTY = "An empty cart is not sent."


def push_carts(run: Run, jobs: Sequence[SyncJob]) -> None:
    """Bring carts over, each with at most one opportunity for ever."""
    facts = carts.cart_facts([job.key for job in jobs], run.clock())
    for kind in (names.CART, names.OPPORTUNITY):
        run.load_links(kind, facts)
    _wait_for_people(run, jobs, facts)
    ready = []
    for job in jobs:
        if not run.is_open(job):
            continue
        found = facts.get(job.key)
        if found is None:
            run.skip(job, GONE)
        elif not found.item_count and not found.order and not run.link(names.CART, job.key):
            run.skip(job, EMPTY)
        else:
            ready.append((job, found))
    _push(run, ready)


def _wait_for_people(run: Run, jobs: Sequence[SyncJob], facts: dict[str, CartFacts]) -> None:
    keys = {key for found in facts.values() if (key := _customer_key(found))}
    persons = people.people(sorted(keys))
    for kind in (names.LEAD, names.ACCOUNT, names.CONTACT):
        run.load_links(kind, keys)
    for job in jobs:
        key = _customer_key(facts[job.key]) if job.key in facts else ""
        person = persons.get(key)
        if person is None or person.customer.merged_into is not None:
            continue
        if not _person_link(run, key) and needs_record(run, person):
            run.block(job, names.CUSTOMER, key)


def _customer_key(facts: CartFacts) -> str:
    """Who buys: the order knows better than the cart, which may be a guest's."""
    if facts.order:
        return facts.order.customer.key
    return facts.cart.customer.key if facts.cart.customer else ""


def _person_link(run: Run, key: str) -> Link | None:
    return run.link(names.CONTACT, key) or run.link(names.LEAD, key)


def _push(run: Run, ready: Sequence[tuple[SyncJob, CartFacts]]) -> None:
    deals = [
        (job, found)
        for job, found in ready
        if carts.deserves_opportunity(found, bool(run.link(names.OPPORTUNITY, found.key)))
    ]
    for job, found in deals:
        wanted = carts.stage(found)
        if wanted not in run.facts.stages:
            run.fail(job, _no_stage(wanted))
    deals = [pair for pair in deals if run.is_open(pair[0])]
    ready = [pair for pair in ready if run.is_open(pair[0])]
    book = goods.shop_price_list()
    book_code = book.code if book and run.link(names.PRICE_LIST, book.code) else ""
    results = push(run, [Item(job, _deal(run, found, book_code)) for job, found in deals])
    sendable = [
        (job, found)
        for job, found in ready
        if not (result := results.get((names.OPPORTUNITY, found.key))) or not result.fault
    ]
    results |= push(run, [Item(job, _cart(run, found)) for job, found in sendable])
    for job, found in ready:
        identities = [(names.OPPORTUNITY, found.key), (names.CART, found.key)]
        settle(run, job, results, [name for name in identities if name in results])


def _no_stage(wanted: str) -> Fault:
    message = f"The org has no active opportunity stage that counts as {wanted}."
    return classify(code="NO_STAGE", message=message)


def _deal(run: Run, found: CartFacts, book_code: str) -> Record:
    key = _customer_key(found)
    account_key = key if key and run.link(names.ACCOUNT, key) else ""
    return carts.opportunity_record(found, dict(run.facts.stages), account_key, book_code)


def _cart(run: Run, found: CartFacts) -> Record:
    key = _customer_key(found)
    contact = run.link(names.CONTACT, key) if key else None
    lead = run.link(names.LEAD, key) if key and not contact else None
    is_live = lead is not None and lead.state == Link.State.LIVE
    return carts.cart_record(
        found,
        contact_key=key if contact else "",
        lead_external_id=lead.external_id if lead and is_live else "",
        has_opportunity=run.link(names.OPPORTUNITY, found.key) is not None,
    )
