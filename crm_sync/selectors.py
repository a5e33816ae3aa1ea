"""Questions about the synchronisation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from crm_sync.connections import connection, setup_of
from crm_sync.mappings import names
from crm_sync.models import ChangeMark, Connection, Link, SyncAttempt, SyncCall, SyncJob
from crm_sync.models.outbox import FINISHED
from shop.core import options
from shop.core.health import Probe
from shop.sales.orders.models import Order

OLDEST_FINE = timedelta(minutes=15)
SHORT_ID, LONG_ID = 15, 18


@dataclass(frozen=True, slots=True)
class Status:
    """How the synchronisation stands."""

    pending: int
    dead: int
    oldest_seconds: int
    calls_24h: int
    limit: int
    sent_last_hour: int
    by_state: dict[str, int]
    state: str
    trouble: str
    is_configured: bool

    @property
    def state_in_words(self) -> str:
        """How the connection is doing, in the words of its page."""
        return str(Connection.State(self.state).label).lower()


def status(now: datetime) -> Status:
    """Answer depth and age of the outbox and what was spent on calls."""
    row = connection()
    jobs = SyncJob.objects.filter(connection=row)
    counted = jobs.exclude(state__in=FINISHED).values_list("state").annotate(count=Count("pk"))
    by_state = dict(counted)
    marks = ChangeMark.objects.aggregate(count=Count("pk"), oldest=Min("created_at"))
    dead = by_state.get(SyncJob.State.DEAD, 0)
    return Status(
        pending=sum(by_state.values()) - dead + marks["count"],
        dead=dead,
        oldest_seconds=_oldest(now, marks["oldest"]),
        calls_24h=_calls(now),
        limit=row.calls_limit or options.value("crm.api_daily_limit"),
        sent_last_hour=jobs.filter(
            state=SyncJob.State.DONE, done_at__gte=now - timedelta(hours=1)
        ).count(),
        by_state=by_state,
        state=row.state,
        trouble=row.trouble,
        is_configured=setup_of(row).is_complete,
    )


def _oldest(now: datetime, oldest_mark: datetime | None) -> int:
    waiting = SyncJob.objects.exclude(state__in=[*FINISHED, SyncJob.State.DEAD])
    oldest_job = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    moments = [moment for moment in (oldest_mark, oldest_job) if moment]
    return max(0, int((now - min(moments)).total_seconds())) if moments else 0


def _calls(now: datetime) -> int:
    return SyncCall.objects.filter(made_at__gte=now - timedelta(hours=24)).count()


def probe(now: datetime) -> Probe:
    """Say whether the outbox is kept up with; an unused connection is fine."""
    found = status(now)
    if not found.is_configured:
        return Probe(ok=True, detail="not connected")
    is_fine = found.oldest_seconds <= OLDEST_FINE.total_seconds()
    return Probe(ok=is_fine, detail=f"oldest unsent change: {found.oldest_seconds} s")


def orders_by_salesforce_id(text: str) -> list[int]:
    """Find orders by the Salesforce id of the order or its payment, short or long."""
    if len(text) not in (SHORT_ID, LONG_ID) or not text.isalnum():
        return []
    links = Link.objects.filter(
        salesforce_id__startswith=text[:SHORT_ID], kind__in=[names.ORDER, names.PAYMENT]
    )
    keys = [(link.kind, link.key) for link in links if link.salesforce_id.startswith(text)]
    order_keys = [key for kind, key in keys if kind == names.ORDER]
    payment_keys = [key for kind, key in keys if kind == names.PAYMENT]
    # Two questions, each by its own index: as one with OR it would read every order.
    by_order = Order.objects.filter(key__in=order_keys).values_list("pk", flat=True)
    by_payment = Order.objects.filter(payments__key__in=payment_keys).values_list("pk", flat=True)
    return list(dict.fromkeys([*by_order, *by_payment]))


@dataclass(frozen=True, slots=True)
class Explanation:
    """The life of one record between the shop and Salesforce."""

    mapping: str
    key: str
    marks: list[ChangeMark]
    jobs: list[SyncJob]
    attempts: list[SyncAttempt]
    links: list[Link]
    address: str

    @property
    def state(self) -> str:
        """In one word for people: how it stands."""
        if self.marks:
            return "Waiting"
        if self.jobs:
            return self.jobs[0].get_state_display()
        return "In Salesforce" if self.links else "Never sent"


def explain(mapping: str, key: str, *, limit: int = 50) -> Explanation:
    """Tell everything about one record: change, job, calls, answers, ids, values."""
    jobs = list(
        SyncJob.objects.filter(mapping=mapping, key=key)
        .select_related("depends_on")
        .order_by("-pk")[:limit]
    )
    attempts = list(
        SyncAttempt.objects.filter(job__in=jobs).select_related("call").order_by("-pk")[:limit]
    )
    touched = {attempt.external_id for attempt in attempts}
    own = Link.objects.filter(kind__in=names.KINDS.get(mapping, ()), key=key)
    others = Link.objects.filter(external_id__in=touched).exclude(pk__in=own.values("pk"))
    return Explanation(
        mapping=mapping,
        key=key,
        marks=list(ChangeMark.objects.filter(mapping=mapping, key=key).order_by("pk")),
        jobs=jobs,
        attempts=attempts,
        links=[*own.order_by("pk"), *others.order_by("pk")[:limit]],
        address=setup_of(connection()).credentials.login_url.rstrip("/"),
    )
