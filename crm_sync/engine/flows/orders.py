"""Orders: a draft, its items, then activation by the status alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_sync.chunks import in_chunks
from crm_sync.client.faults import Fault, Kind, classify
from crm_sync.client.org import COLLECTION_SIZE
from crm_sync.engine.flows.goods import GONE
from crm_sync.engine.flows.order_parents import Parents, find_parents
from crm_sync.engine.matching import ask, update_each
from crm_sync.engine.presence import forget_lost, read_back
from crm_sync.engine.pusher import Item, push
from crm_sync.engine.run import Run
from crm_sync.mappings import names, orders
from crm_sync.mappings.orders import OrderFacts
from crm_sync.mappings.records import Record
from crm_sync.models import Link, SyncAttempt, SyncJob

STATUS = "Status"
ACCOUNT = "Account"


@dataclass(frozen=True, slots=True)
class Plan:
    """One order on its way: what it is, what it hangs on, what it consists of."""

    job: SyncJob
    facts: OrderFacts
    parents: Parents
    head: Record
    items: tuple[Record, ...]


def push_orders(run: Run, jobs: Sequence[SyncJob]) -> None:
    """Bring orders over: Draft, items, a move to the customer's account, activation."""
    found = orders.order_facts([job.key for job in jobs])
    candidates = []
    for job in jobs:
        facts = found.get(job.key)
        if facts is None:
            run.skip(job, GONE)
        elif facts.why_not_sent:
            run.skip(job, facts.why_not_sent)
        else:
            candidates.append((job, facts))
    parents = find_parents(run, candidates)
    plans = [
        _plan(run, job, facts, parents[job.pk]) for job, facts in candidates if job.pk in parents
    ]
    _look(run, plans)
    plans = _push_heads(run, plans)
    plans = _push_items(run, plans)
    _activate(run, plans)


def _plan(run: Run, job: SyncJob, facts: OrderFacts, parents: Parents) -> Plan:
    head = orders.order_record(
        facts,
        account=parents.account,
        book_code=parents.book_code,
        draft_status=run.facts.order_draft,
        record_types=dict(run.facts.record_types.get("Order", {})),
        contact_key=parents.contact_key,
        lead_external_id=parents.lead_external_id,
    )
    items = tuple(
        orders.line_record(line, facts.order, parents.product_keys[line.key])
        for line in facts.lines
    )
    return Plan(job=job, facts=facts, parents=parents, head=head, items=items)


def _look(run: Run, plans: Sequence[Plan]) -> None:
    """Ask the org about orders of which we do not know for sure how far they got."""
    run.load_links(names.ORDER, [plan.head.key for plan in plans])
    run.load_links(names.ORDER_LINE, [item.key for plan in plans for item in plan.items])
    if run.is_forced:
        forget_lost(run, [plan.head for plan in plans])
        forget_lost(run, [item for plan in plans for item in plan.items])
    unsure = [plan for plan in plans if plan.job.attempts or not run.link(*plan.head.identity)]
    if not unsure:
        return
    by_name = {plan.head.external_id: plan for plan in unsure}
    rows = ask(
        run,
        "SELECT Id, Shop_Id__c, Status, StatusCode, Account.Shop_Id__c FROM Order "
        "WHERE Shop_Id__c IN {names}",
        list(by_name),
    )
    links = []
    for row in rows:
        plan = by_name.get(str(row["Shop_Id__c"]))
        if plan is None:
            continue
        link = run.link(*plan.head.identity) or _fresh_link(run, plan.head)
        link.salesforce_id = str(row["Id"])
        link.pushed_values = {**link.pushed_values, **_state(row)}
        links.append(link)
    run.save_links(links)
    existing = [plan for plan in unsure if run.link(*plan.head.identity)]
    _read_items(run, existing)


def _state(row: dict[str, object]) -> dict[str, object]:
    account = row.get("Account")
    account_id = account.get(names.EXTERNAL_ID) if isinstance(account, dict) else None
    return {
        STATUS: row.get("Status"),
        ACCOUNT: {names.EXTERNAL_ID: account_id} if account_id else None,
    }


def _fresh_link(run: Run, record: Record) -> Link:
    return Link(
        connection=run.connection,
        kind=record.kind,
        key=record.key,
        sobject=record.sobject,
        external_id=record.external_id,
    )


def _read_items(run: Run, plans: Sequence[Plan]) -> None:
    unknown = [item for plan in plans for item in plan.items if run.link(*item.identity) is None]
    if unknown:
        read_back(run, "OrderItem", unknown)


def _is_activated(run: Run, plan: Plan) -> bool:
    link = run.link(*plan.head.identity)
    return link is not None and link.pushed_values.get(STATUS) == run.facts.order_activated


def _push_heads(run: Run, plans: Sequence[Plan]) -> list[Plan]:
    items = []
    for plan in plans:
        link = run.link(*plan.head.identity)
        moves = (
            link is not None
            and not _is_activated(run, plan)
            and link.pushed_values.get(ACCOUNT) != plan.parents.account
        )
        extra = {ACCOUNT: plan.parents.account} if moves else {}
        items.append(Item(job=plan.job, record=plan.head, extra=extra))
    before = {plan.job.pk: _id_of(run, plan) for plan in plans}
    results = push(run, items)
    good = []
    for plan in plans:
        if before[plan.job.pk] not in ("", _id_of(run, plan)):
            forget_lost(run, plan.items)  # an order that was deleted took its items along
        fault = results[plan.head.identity].fault
        if fault:
            run.fail(plan.job, fault)
        else:
            good.append(plan)
    return good


def _id_of(run: Run, plan: Plan) -> str:
    link = run.link(*plan.head.identity)
    return link.salesforce_id if link else ""


def _push_items(run: Run, plans: Sequence[Plan]) -> list[Plan]:
    """Items of an activated order may change, but none can be added."""
    sendable = []
    for plan in plans:
        missing = [item for item in plan.items if run.link(*item.identity) is None]
        if missing and _is_activated(run, plan):
            run.fail(plan.job, _mismatch(missing))
        else:
            sendable.append(plan)
    results = push(run, [Item(plan.job, item) for plan in sendable for item in plan.items])
    good = []
    for plan in sendable:
        faults = [results[item.identity].fault for item in plan.items]
        fault = next(filter(None, faults), None)
        if fault:
            run.fail(plan.job, fault)
        else:
            good.append(plan)
    return good


def _mismatch(missing: Sequence[Record]) -> Fault:
    return classify(
        code="ORDER_MISMATCH",
        message="The order is activated in Salesforce, but these items are not in it: "
        + ", ".join(item.external_id for item in missing),
    )


def _activate(run: Run, plans: Sequence[Plan]) -> None:
    """The last step: before it, no order that is paid counts as sent."""
    due = [plan for plan in plans if plan.facts.is_to_activate and not _is_activated(run, plan)]
    waiting = {plan.job.pk for plan in due}
    for plan in plans:
        if plan.job.pk not in waiting:
            run.done(plan.job)
    for part in in_chunks(due, COLLECTION_SIZE):
        _activate_part(run, part)


def _activate_part(run: Run, plans: Sequence[Plan]) -> None:
    links = [run.link(*plan.head.identity) for plan in plans]
    rows = [{"Id": link.salesforce_id, STATUS: run.facts.order_activated} for link in links if link]
    faults = update_each(run, "Order", rows)
    run.log([_attempt(run, plan, fault) for plan, fault in zip(plans, faults, strict=True)])
    activated = []
    for plan, link, fault in zip(plans, links, faults, strict=True):
        if fault:
            if fault.kind is Kind.IDENTITY:
                forget_lost(run, [plan.head, *plan.items])
            run.fail(plan.job, fault)
        elif link:
            link.pushed_values = {**link.pushed_values, STATUS: run.facts.order_activated}
            activated.append((plan.job, link))
            run.progressed.add(plan.job.pk)
    run.save_links([link for _, link in activated])
    for job, _ in activated:
        run.done(job)


def _attempt(run: Run, plan: Plan, fault: Fault | None) -> SyncAttempt:
    link = run.link(*plan.head.identity)
    return SyncAttempt(
        job=plan.job,
        kind="activation",
        sobject="Order",
        external_id=plan.head.external_id,
        salesforce_id=link.salesforce_id if link else "",
        is_ok=fault is None,
        code=fault.code[:80] if fault else "",
        message=fault.in_words() if fault else "",
        sent_fields=[STATUS],
        made_at=run.clock(),
    )
