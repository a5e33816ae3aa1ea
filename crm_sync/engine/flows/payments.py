"""Payments: a record below its order, never with anything of a card."""

from collections.abc import Sequence

from crm_sync.engine.flows.goods import GONE
from crm_sync.engine.pusher import Item, push, settle
from crm_sync.engine.run import Run
from crm_sync.mappings import names, orders
from crm_sync.models import SyncJob


def push_payments(run: Run, jobs: Sequence[SyncJob]) -> None:
    """Bring payments over, each below its order."""
    rows = orders.payments([job.key for job in jobs])
    facts = orders.order_facts(sorted({row.order.key for row in rows.values()}))
    run.load_links(names.ORDER, facts)
    ready = []
    for job in jobs:
        payment = rows.get(job.key)
        if payment is None:
            run.skip(job, GONE)
            continue
        order_key = payment.order.key
        if run.link(names.ORDER, order_key):
            ready.append(Item(job, orders.payment_record(payment)))
        elif facts[order_key].why_not_sent:
            run.skip(job, f"Its order is not sent: {facts[order_key].why_not_sent}")
        else:
            run.block(job, names.ORDER, order_key)
    results = push(run, ready)
    for item in ready:
        settle(run, item.job, results, [item.record.identity])
