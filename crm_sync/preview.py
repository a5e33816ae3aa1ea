"""What would be sent for one record: the real flow, over an org that only writes down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm_sync.client.answers import ConvertedLead, RecordAnswer
from crm_sync.client.org import Org
from crm_sync.client.soap import Conversion
from crm_sync.connections import connection, setup_of
from crm_sync.engine.drain import push_batch
from crm_sync.engine.facts import facts_of
from crm_sync.engine.run import Outcome, Run
from crm_sync.mappings import names
from crm_sync.models import Link, SyncAttempt, SyncCall, SyncJob
from crm_sync.models.outbox import Operation


@dataclass(frozen=True, slots=True)
class Planned:
    """One record that would be sent."""

    action: str
    sobject: str
    fields: Mapping[str, Any]


@dataclass(slots=True)
class PaperOrg:
    """Reads from the real org, writes on paper."""

    org: Org
    planned: list[Planned] = field(default_factory=list)
    calls: int = 0

    def query_by(self, soql: str, names: Sequence[str], **values: Any) -> Iterator[dict[str, Any]]:
        """Ask the real org."""
        yield from self.org.query_by(soql, names, **values)

    def upsert_collection(
        self, sobject: str, external_field: str, records: Sequence[Mapping[str, Any]], **_: Any
    ) -> list[RecordAnswer]:
        """Note an upsert."""
        return self._note("upsert", sobject, records)

    def update_collection(
        self, sobject: str, records: Sequence[Mapping[str, Any]]
    ) -> list[RecordAnswer]:
        """Note an update by id."""
        return self._note("update", sobject, records)

    def convert_leads(self, conversions: Sequence[Conversion]) -> list[ConvertedLead]:
        """Note a conversion."""
        self.calls += 1
        self.planned += [Planned("convert", "Lead", {"Id": row.lead_id}) for row in conversions]
        return [ConvertedLead(row.lead_id, "(new account)", "(new contact)") for row in conversions]

    def _note(
        self, action: str, sobject: str, records: Sequence[Mapping[str, Any]]
    ) -> list[RecordAnswer]:
        self.calls += 1
        self.planned += [Planned(action, sobject, dict(record)) for record in records]
        first = len(self.planned)
        return [RecordAnswer(salesforce_id=f"(new {first + at})") for at in range(len(records))]


class PaperRun(Run):
    """A run that remembers what it would write, and writes nothing."""

    def save_links(self, links: Sequence[Link]) -> None:
        """Keep links in mind for the records that come after."""
        for link in links:
            self._asked.add((link.kind, link.key))
            self._links[link.kind, link.key] = link

    def drop_link(self, link: Link) -> None:
        """Forget a link for the time of this run."""
        self._links.pop((link.kind, link.key), None)

    def log(self, attempts: Sequence[SyncAttempt]) -> None:
        """Nothing was called, so nothing is logged."""

    def flush_calls(self) -> SyncCall | None:
        """Nothing was called, so nothing is logged."""
        return None


@dataclass(frozen=True, slots=True)
class Preview:
    """The answer to: what would be sent?"""

    planned: tuple[Planned, ...]
    calls: int
    outcome: str


def preview(*, mapping: str, key: str, now: datetime) -> Preview:
    """Answer exactly what would be sent for a record; nothing is written here or there."""
    row = connection()
    org = Org(setup_of(row).credentials)
    paper = PaperOrg(org)
    job = SyncJob(
        pk=0, connection=row, mapping=mapping, key=key, operation=Operation.SAVE, due_at=now
    )
    try:
        facts = facts_of(row, org, now)
        run = PaperRun(row, paper, facts, lambda: now)  # type: ignore[arg-type]
        with names.pinned_shop_code(row.shop_code):
            push_batch(run, [job])
    finally:
        org.close()
    outcome = _in_words(run.outcomes[0], bool(paper.planned))
    return Preview(planned=tuple(paper.planned), calls=paper.calls, outcome=outcome)


def _in_words(outcome: Outcome, is_sent: bool) -> str:
    if outcome.blocked_by:
        return f"waits for {' '.join(outcome.blocked_by)}"
    if outcome.fault:
        return outcome.fault.in_words()
    return outcome.skipped_because or ("send" if is_sent else "nothing to send: in step")
