"""One pass over a batch of jobs: the org, the identity map, and what became of each job."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crm_sync.client.answers import CallRecord
from crm_sync.client.faults import Fault, Kind
from crm_sync.client.org import Org
from crm_sync.engine.facts import OrgFacts
from crm_sync.models import Connection, Link, SyncAttempt, SyncCall, SyncJob

# Faults of the connection as a whole: no job is to blame, so none loses an attempt.
HALTING = frozenset(
    {Kind.NOT_SENT, Kind.TOKEN, Kind.SIGN_IN, Kind.BUDGET, Kind.RETIRED, Kind.CONCURRENT}
)


class Halted(Exception):
    """Nothing more can be sent now; the fault says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.in_words())
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one job."""

    fault: Fault | None = None
    skipped_because: str = ""
    blocked_by: tuple[str, str] | None = None


@dataclass(slots=True)
class Run:
    """Everything that the flows share while they push one batch."""

    connection: Connection
    org: Org
    facts: OrgFacts
    clock: Callable[[], datetime]
    is_forced: bool = False
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    progressed: set[int] = field(default_factory=set)
    wanted: set[tuple[str, str]] = field(default_factory=set)
    gone_parents: dict[int, tuple[str, str]] = field(default_factory=dict)
    _links: dict[tuple[str, str], Link] = field(default_factory=dict)
    _asked: set[tuple[str, str]] = field(default_factory=set)
    _calls: list[CallRecord] = field(default_factory=list)

    def note_call(self, record: CallRecord) -> None:
        """Keep a call for the log."""
        self._calls.append(record)

    def load_links(self, kind: str, keys: Iterable[str]) -> None:
        """Read the links of many records of one kind, each once."""
        missing = [key for key in set(keys) if (kind, key) not in self._asked]
        self._asked.update((kind, key) for key in missing)
        rows = Link.objects.filter(connection=self.connection, kind=kind, key__in=missing)
        self._links.update({(link.kind, link.key): link for link in rows if missing})

    def link(self, kind: str, key: str) -> Link | None:
        """Answer the link of a record that was asked for before."""
        if (kind, key) not in self._asked:
            self.load_links(kind, [key])
        return self._links.get((kind, key))

    def save_links(self, links: Sequence[Link]) -> None:
        """Write links; an id that another key held belongs to the new one from now on."""
        if not links:
            return
        taken = Link.objects.filter(
            connection=self.connection,
            kind__in={link.kind for link in links},
            salesforce_id__in=[link.salesforce_id for link in links],
        ).exclude(key__in=[link.key for link in links])
        taken.delete()
        Link.objects.bulk_create(
            links,
            update_conflicts=True,
            unique_fields=["connection", "kind", "key"],
            update_fields=[
                "sobject",
                "salesforce_id",
                "external_id",
                "last_pushed_hash",
                "pushed_values",
                "shortened_fields",
                "last_pushed_at",
                "state",
            ],
        )
        for link in links:
            self._asked.add((link.kind, link.key))
            self._links[link.kind, link.key] = link

    def drop_link(self, link: Link) -> None:
        """Forget an id that no longer stands for our record."""
        Link.objects.filter(connection=self.connection, kind=link.kind, key=link.key).delete()
        self._links.pop((link.kind, link.key), None)

    def log(self, attempts: Sequence[SyncAttempt]) -> None:
        """Write the calls made since the last time, and what the last one did for each job."""
        call = self.flush_calls()
        for attempt in attempts:
            attempt.call = call
        SyncAttempt.objects.bulk_create(attempts)

    def flush_calls(self) -> SyncCall | None:
        """Write the calls made since the last time and answer the last one."""
        rows = [self._call_row(record) for record in self._calls]
        self._calls.clear()
        SyncCall.objects.bulk_create(rows)
        return rows[-1] if rows else None

    def _call_row(self, record: CallRecord) -> SyncCall:
        return SyncCall(
            connection=self.connection,
            method=record.method,
            path=record.path[:255],
            records=record.records,
            status=record.status,
            code=record.code[:80],
            milliseconds=record.milliseconds,
            calls_used=record.usage.used if record.usage else 0,
            made_at=self.clock(),
        )

    def done(self, job: SyncJob) -> None:
        """The record in Salesforce equals the shop's."""
        self.outcomes[job.pk] = Outcome()

    def skip(self, job: SyncJob, reason: str) -> None:
        """Nothing has to be sent, and the reason can be read."""
        self.outcomes[job.pk] = Outcome(skipped_because=reason)

    def fail(self, job: SyncJob, fault: Fault) -> None:
        """The record could not be sent; one that points at something gone waits for that."""
        parent = self.gone_parents.get(job.pk)
        self.outcomes[job.pk] = Outcome(blocked_by=parent) if parent else Outcome(fault=fault)

    def block(self, job: SyncJob, mapping: str, key: str) -> None:
        """Another record has to go first."""
        self.outcomes[job.pk] = Outcome(blocked_by=(mapping, key))

    def want(self, mapping: str, key: str) -> None:
        """Ask for a record to be pushed as well, because this one changed its surroundings."""
        self.wanted.add((mapping, key))

    def is_open(self, job: SyncJob) -> bool:
        """Whether nothing is decided about a job yet."""
        return job.pk not in self.outcomes
