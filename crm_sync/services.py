"""Verbs of the synchronisation: connect, replay, put aside, push everything."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from crm_sync import connections
from crm_sync.chunks import in_chunks
from crm_sync.client.answers import Usage
from crm_sync.engine.facts import forget_facts
from crm_sync.engine.folding import Wish, in_turn, want
from crm_sync.exceptions import ReasonMissing
from crm_sync.mappings import names
from crm_sync.models import Connection, SyncCall, SyncJob
from crm_sync.models.outbox import FINISHED, Lane
from shop.core import audit
from shop.core.actors import Actor
from shop.core.jobs import enqueue
from shop.directory.customers.models import Customer
from shop.goods.catalog.models import Product
from shop.goods.inventory.models import StockItem
from shop.pricing.price_lists.models import PriceList
from shop.sales.cart.models import Cart
from shop.sales.orders.models import Order
from shop.sales.payments.models import Payment

DRAIN = "crm_sync.tasks.drain"
SECRETS = ("client_secret", "private_key")
KEPT_DONE = timedelta(days=30)
KEPT_CALLS = timedelta(days=14)
STOCK_WINDOW = timedelta(minutes=20)
KEYS_AT_ONCE = 1000


@transaction.atomic
def configure(*, changes: Mapping[str, Any], actor: Actor, now: datetime) -> Connection:
    """Change the connection; secrets leave no trace in the audit trail."""
    row = Connection.objects.select_for_update().get(pk=connections.connection().pk)
    before = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    row.state, row.trouble, row.resume_at = Connection.State.READY, "", None
    row.failures_in_a_row = 0
    row.save()
    forget_facts(row)
    audit.record(
        action="crm.connection.changed",
        subject_type="crm_connection",
        subject_key=row.name,
        actor=actor,
        now=now,
        before=_without_secrets(before),
        after=_without_secrets(changes),
    )
    enqueue(DRAIN)
    return row


def _without_secrets(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: "(hidden)" if name in SECRETS else str(value) for name, value in values.items()}


@transaction.atomic
def note_test(
    *, is_ok: bool, organization_id: str, usage: Usage | None, now: datetime
) -> Connection:
    """Keep what a connection test found out; a good one ends a failed sign-in."""
    row = Connection.objects.select_for_update().get(pk=connections.connection().pk)
    if is_ok:
        if not connections.filled_organization(row):
            row.organization_id = organization_id[:18]
        row.last_success_at = now
        row.trouble, row.resume_at, row.failures_in_a_row = "", None, 0
        if row.state in (Connection.State.SIGN_IN_FAILED, Connection.State.STOPPED):
            row.state = Connection.State.READY
        enqueue(DRAIN)
    if usage:
        row.calls_used, row.calls_limit = usage.used, usage.limit
    row.save()
    return row


@transaction.atomic
def set_paused(*, is_paused: bool, actor: Actor, now: datetime) -> Connection:
    """Stop sending, or go on; the queue keeps filling meanwhile."""
    row = Connection.objects.select_for_update().get(pk=connections.connection().pk)
    before = row.state
    row.state = Connection.State.PAUSED if is_paused else Connection.State.READY
    row.trouble, row.resume_at, row.failures_in_a_row = "", None, 0
    row.save(update_fields=["state", "trouble", "resume_at", "failures_in_a_row"])
    audit.record(
        action="crm.paused" if is_paused else "crm.resumed",
        subject_type="crm_connection",
        subject_key=row.name,
        actor=actor,
        now=now,
        before={"state": before},
        after={"state": row.state},
    )
    if not is_paused:
        enqueue(DRAIN)
    return row


@transaction.atomic
def try_now(*, now: datetime) -> None:
    """A person asks for it: neither a pause after failures nor a refused sign-in holds it back."""
    row = Connection.objects.select_for_update().get(pk=connections.connection().pk)
    if row.state in (Connection.State.SIGN_IN_FAILED, Connection.State.STOPPED):
        row.state = Connection.State.READY
    row.resume_at = None
    if row.budget_until:
        row.budget_until = now  # the limits are asked first
    row.save(update_fields=["state", "resume_at", "budget_until"])


@transaction.atomic
def start_afresh() -> None:
    """Take the org as it is now for the one that is meant, and read anew how it is built."""
    row = Connection.objects.select_for_update().get(pk=connections.connection().pk)
    row.organization_id = ""
    row.save(update_fields=["organization_id"])
    forget_facts(row)


@transaction.atomic
def replay(*, job_ids: Iterable[int], actor: Actor, now: datetime) -> int:
    """Try failed records again; answers how many."""
    in_turn(connections.connection())
    jobs = list(
        SyncJob.objects.select_for_update().filter(
            pk__in=list(job_ids), state__in=[SyncJob.State.DEAD, SyncJob.State.IGNORED]
        )
    )
    revived = [job for job in jobs if not _has_live_twin(job)]
    for job in revived:
        _record(job, "crm.replayed", actor, now, {"state": SyncJob.State.PENDING})
        # One try counts as made: what it may have left over there is looked for first.
        job.state, job.attempts, job.due_at = SyncJob.State.PENDING, 1, now
        job.ignored_because = ""
    SyncJob.objects.bulk_update(revived, ["state", "attempts", "due_at", "ignored_because"])
    # What was wrong may have been mended in the org, so its description is read afresh.
    forget_facts(connections.connection())
    enqueue(DRAIN)
    return len(revived)


def _has_live_twin(job: SyncJob) -> bool:
    if job.state != SyncJob.State.IGNORED:
        return False
    twins = SyncJob.objects.filter(connection=job.connection, mapping=job.mapping, key=job.key)
    return twins.exclude(state__in=FINISHED).exists()


@transaction.atomic
def put_aside(*, job_ids: Iterable[int], reason: str, actor: Actor, now: datetime) -> int:
    """Give up on failed records, with a reason; the next change brings them back."""
    if not reason.strip():
        raise ReasonMissing("Say why this record is put aside.")
    jobs = list(
        SyncJob.objects.select_for_update().filter(pk__in=list(job_ids), state=SyncJob.State.DEAD)
    )
    for job in jobs:
        _record(job, "crm.put_aside", actor, now, {"reason": reason.strip()})
        job.state, job.ignored_because = SyncJob.State.IGNORED, reason.strip()[:200]
        job.done_at = now
    SyncJob.objects.bulk_update(jobs, ["state", "ignored_because", "done_at"])
    return len(jobs)


def _record(job: SyncJob, action: str, actor: Actor, now: datetime, after: dict[str, str]) -> None:
    audit.record(
        action=action,
        subject_type="crm_job",
        subject_key=f"{job.mapping} {job.key}"[:80],
        actor=actor,
        now=now,
        before={"state": job.state, "error": job.last_error_code},
        after=after,
    )


def every_key(*, mapping: str) -> list[str]:
    """Answer the keys of all records of one kind that belong into Salesforce."""
    querysets = {
        names.PRICE_LIST: PriceList.objects.values_list("code", flat=True),
        names.PRODUCT: Product.objects.values_list("key", flat=True),
        names.CUSTOMER: Customer.objects.filter(merged_into=None).values_list("key", flat=True),
        names.CART: Cart.objects.exclude(lines=None).values_list("key", flat=True).distinct(),
        names.ORDER: Order.objects.filter(is_history=False).values_list("key", flat=True),
        names.PAYMENT: Payment.objects.filter(order__is_history=False).values_list(
            "key", flat=True
        ),
    }
    return list(querysets[mapping])


def want_everything(*, mappings: Sequence[str], now: datetime) -> int:
    """Ask for every record of these kinds, behind all live changes; answers how many."""
    row = connections.connection()
    asked = 0
    for mapping in mappings:
        for keys in in_chunks(every_key(mapping=mapping), KEYS_AT_ONCE):
            want(row, {(mapping, key): Wish(lane=Lane.LOW) for key in keys}, now)
            asked += len(keys)
    return asked


def want_history(*, now: datetime) -> int:
    """Ask for imported past orders and their customers, in the low lane; answers how many."""
    past = Order.objects.filter(is_history=True)
    row = connections.connection()
    asked = 0
    for start in range(0, past.count(), KEYS_AT_ONCE):
        keys = list(past.order_by("pk").values_list("key", flat=True)[start : start + KEYS_AT_ONCE])
        want(row, {(names.ORDER, key): Wish(lane=Lane.LOW) for key in keys}, now)
        asked += len(keys)
    return asked


def mark_moved_stock(*, now: datetime) -> int:
    """Ask for products whose stock moved; orders do not wait for a number on a product."""
    moved = StockItem.objects.filter(updated_at__gte=now - STOCK_WINDOW)
    keys = list(moved.values_list("variant__product__key", flat=True).distinct())
    row = connections.connection()
    for part in in_chunks(keys, KEYS_AT_ONCE):
        want(row, {(names.PRODUCT, key): Wish(lane=Lane.LOW) for key in part}, now)
    return len(keys)


@transaction.atomic
def tidy(*, now: datetime) -> int:
    """Forget finished jobs and calls that are long over."""
    done = SyncJob.objects.filter(state=SyncJob.State.DONE, done_at__lt=now - KEPT_DONE)
    count, _ = done.delete()
    SyncCall.objects.filter(made_at__lt=now - KEPT_CALLS).delete()
    return count
