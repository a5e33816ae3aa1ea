"""Sending records: in collections of 200, by external id, only what differs."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from crm_sync.chunks import in_chunks
from crm_sync.client.answers import RecordAnswer
from crm_sync.client.faults import CallFailed, Fault, Kind, Treatment
from crm_sync.client.org import ALLOW_DUPLICATES, COLLECTION_SIZE
from crm_sync.engine.presence import forget_lost, heal, new_link, read_back
from crm_sync.engine.run import HALTING, Halted, Run
from crm_sync.mappings.names import EXTERNAL_ID
from crm_sync.mappings.records import Record, Value, digest
from crm_sync.models import Link, SyncAttempt, SyncJob

ELLIPSIS = "…"
INCOMPLETE = "REQUIRED_FIELD_MISSING"
POINTS_NOWHERE = frozenset({Kind.DEPENDENCY, Kind.IDENTITY})
READ_ONLY_ON_UPDATE = "INVALID_FIELD_FOR_INSERT_UPDATE"
NO_SUCH_COLUMN = re.compile(r"No such column '([^']+)'")
USELESS_IN_PART = frozenset({"Email"})  # half an address is refused as no address
SECOND_CHANCE = frozenset({Kind.INNOCENT, Kind.RACE, Kind.DUPLICATE})
Identity = tuple[str, str]
Linker = Callable[[Run, Sequence["Item"]], None]


@dataclass(frozen=True, slots=True)
class Item:
    """A record on behalf of a job; what is in `extra` is sent but does not count as a change."""

    job: SyncJob
    record: Record
    extra: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one record."""

    salesforce_id: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Wire:
    """A record as it goes over the wire."""

    item: Item
    fields: Mapping[str, Value]
    on_create: Mapping[str, Value]
    fingerprint: str
    shortened: tuple[str, ...]
    link: Link | None

    @property
    def identity(self) -> Identity:
        """How the identity map calls it."""
        return self.item.record.identity

    @property
    def payload(self) -> dict[str, Any]:
        """What is sent: creation fields only while the record is not known over there."""
        first = {} if self.link else self.on_create
        return {
            EXTERNAL_ID: self.item.record.external_id,
            **first,
            **self.fields,
            **self.item.extra,
        }

    @property
    def is_unchanged(self) -> bool:
        """Whether Salesforce already has exactly this."""
        has_hash = self.link is not None and self.link.last_pushed_hash == self.fingerprint
        return has_hash and not self.item.extra


def push(run: Run, items: Sequence[Item], link: Linker | None = None) -> dict[Identity, Result]:
    """Bring records over; each gets its own result, and what is equal is not sent again.

    With `link`, those that the org takes for duplicates are first looked for among its own.
    """
    _load(run, items)
    results: dict[Identity, Result] = {}
    by_object: dict[str, list[Wire]] = defaultdict(list)
    for item in items:
        wire = _wire(run, item)
        if wire.is_unchanged and wire.link and not run.is_forced:
            results[wire.identity] = Result(salesforce_id=wire.link.salesforce_id)
        else:
            by_object[item.record.sobject].append(wire)
    for sobject, wires in by_object.items():
        for chunk in in_chunks(wires, COLLECTION_SIZE):
            results.update(_send(run, sobject, chunk, link))
    return results


def _load(run: Run, items: Iterable[Item]) -> None:
    keys: dict[str, set[str]] = defaultdict(set)
    suspects: dict[str, list[Record]] = defaultdict(list)
    for item in items:
        keys[item.record.kind].add(item.record.key)
    for kind, wanted in keys.items():
        run.load_links(kind, wanted)
    if run.is_forced:
        forget_lost(run, [item.record for item in items])
    for item in items:
        # A job that was tried before may have left its record over there without our knowing.
        if item.job.attempts and run.link(*item.record.identity) is None:
            suspects[item.record.sobject].append(item.record)
    for sobject, records in suspects.items():
        read_back(run, sobject, records)


def is_divisible(fault: Fault) -> bool:
    """Whether a call that failed as a whole may hold one record that spoils it for the others."""
    # A permission that is missing is missing for each of them.
    is_poison = fault.treatment is Treatment.FIX and fault.kind is not Kind.REFUSED
    return is_poison or fault.kind is Kind.TOO_BIG


def _wire(run: Run, item: Item) -> Wire:
    record = item.record
    lengths = run.facts.lengths.get(record.sobject, {})
    fields, shortened = _fit(record.fields, lengths)
    on_create, _ = _fit(_listed(run, record), lengths)
    return Wire(
        item=item,
        fields=fields,
        on_create=on_create,
        fingerprint=digest({EXTERNAL_ID: record.external_id, **fields}),
        shortened=shortened,
        link=run.link(*record.identity),
    )


def _listed(run: Run, record: Record) -> dict[str, Value]:
    """What is sent at creation, without choices that this org does not offer."""
    offered = run.facts.choices.get(record.sobject, {})
    return {
        name: value
        for name, value in record.on_create.items()
        if name not in offered or value in offered[name]
    }


def _fit(
    fields: Mapping[str, Value], lengths: Mapping[str, int]
) -> tuple[dict[str, Value], tuple[str, ...]]:
    fitted: dict[str, Value] = {}
    shortened = []
    for name, value in fields.items():
        limit = lengths.get(name, 0)
        if limit and isinstance(value, str) and _size(value) > limit:
            fitted[name] = None if name in USELESS_IN_PART else _cut(value, limit)
            shortened.append(name)
        else:
            fitted[name] = value
    return fitted, tuple(shortened)


def _size(text: str) -> int:
    """Salesforce counts as Java does: what lies beyond the first 65,536 letters is two."""
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, limit: int) -> str:
    while _size(text) > limit - 1:
        text = text[: min(len(text) - 1, limit - 1)]
    return text.rstrip() + ELLIPSIS


def _send(
    run: Run,
    sobject: str,
    wires: Sequence[Wire],
    link: Linker | None,
    *,
    is_second: bool = False,
) -> dict[Identity, Result]:
    headers = ALLOW_DUPLICATES if is_second else None
    payloads = [wire.payload for wire in wires]
    try:
        answers = run.org.upsert_collection(sobject, EXTERNAL_ID, payloads, headers=headers)
    except CallFailed as failure:
        return _whole_call_failed(run, sobject, wires, failure.fault, link)
    known = {wire.identity for wire in wires if wire.link}
    _write_down(run, wires, answers)
    results = {
        wire.identity: Result(salesforce_id=answer.salesforce_id, fault=answer.fault)
        for wire, answer in zip(wires, answers, strict=True)
    }
    _heal(run, wires, results)
    if not is_second:
        reborn = {
            wire.identity
            for wire, answer in zip(wires, answers, strict=True)
            if answer.is_created and wire.identity in known
        }
        again = [
            _as_new(run, wire) if wire.identity in reborn else _second_try(run, wire, results)
            for wire in wires
        ]
        chosen = _linked_first(run, [wire for wire in again if wire is not None], results, link)
        if chosen:
            results.update(_send(run, sobject, chosen, link, is_second=True))
    return results


def _linked_first(
    run: Run, wires: Sequence[Wire], results: dict[Identity, Result], link: Linker | None
) -> list[Wire]:
    """Have duplicates found before they are sent again; those that cannot be named now wait."""
    doubles = [
        wire.item
        for wire in wires
        if (fault := results[wire.identity].fault) and fault.kind is Kind.DUPLICATE
    ]
    if link is None or not doubles:
        return list(wires)
    link(run, doubles)
    for wire in wires:
        outcome = run.outcomes.get(wire.item.job.pk)
        if outcome and outcome.fault:
            results[wire.identity] = Result(fault=outcome.fault)
    return [wire for wire in wires if run.is_open(wire.item.job)]


def _heal(run: Run, wires: Sequence[Wire], results: Mapping[Identity, Result]) -> None:
    """Whoever points at something that is gone waits until it is there again."""
    lost = {
        wire.item.job: [value[EXTERNAL_ID] for value in wire.payload.values() if _points(value)]
        for wire in wires
        if (fault := results[wire.identity].fault) and fault.kind in POINTS_NOWHERE
    }
    if lost:
        heal(run, lost)


def _points(value: object) -> bool:
    return isinstance(value, dict) and EXTERNAL_ID in value


def _as_new(run: Run, wire: Wire) -> Wire | None:
    """It had been deleted over there, so what belongs to its creation has to go once more."""
    return replace(wire, link=None) if wire.on_create else None


def _second_try(run: Run, wire: Wire, results: Mapping[Identity, Result]) -> Wire | None:
    """Some failures say how to do it better: those go out once more at once."""
    fault = results[wire.identity].fault
    if fault is None:
        return None
    record = wire.item.record
    if fault.code == READ_ONLY_ON_UPDATE and wire.link is None and wire.on_create:
        # The record exists although we did not know it: its creation fields must stay alone.
        read_back(run, record.sobject, [record])
        link = run.link(*wire.identity)
        return replace(wire, link=link) if link else None
    if fault.code == INCOMPLETE and wire.link and wire.on_create:
        # Only a record that is gone asks again for what belongs to its creation.
        forget_lost(run, [record])
        return None if run.link(*wire.identity) else replace(wire, link=None)
    return wire if fault.kind in SECOND_CHANCE else None


def _whole_call_failed(
    run: Run, sobject: str, wires: Sequence[Wire], fault: Fault, link: Linker | None
) -> dict[Identity, Result]:
    if fault.kind in HALTING:
        raise Halted(fault)
    if len(wires) > 1 and is_divisible(fault) and not _concerns_all(fault, wires):
        middle = len(wires) // 2
        run.flush_calls()
        return {
            **_send(run, sobject, wires[:middle], link),
            **_send(run, sobject, wires[middle:], link),
        }
    _write_down(run, wires, [RecordAnswer(fault=fault)] * len(wires))
    return {wire.identity: Result(fault=fault) for wire in wires}


def _concerns_all(fault: Fault, wires: Sequence[Wire]) -> bool:
    """Whether every record has the field that the org does not know: halves would not either."""
    column = NO_SUCH_COLUMN.search(fault.message)
    return column is not None and all(column[1] in wire.payload for wire in wires)


def _write_down(run: Run, wires: Sequence[Wire], answers: Sequence[RecordAnswer]) -> None:
    """Keep ids, fingerprints and the log of one call."""
    now = run.clock()
    links, attempts = [], []
    for wire, answer in zip(wires, answers, strict=True):
        attempts.append(_attempt(run, wire, answer))
        if answer.fault is None:
            links.append(_linked(run, wire, answer.salesforce_id))
            links[-1].last_pushed_at = now
            run.progressed.add(wire.item.job.pk)
    run.save_links(links)
    run.log(attempts)


def _linked(run: Run, wire: Wire, salesforce_id: str) -> Link:
    link = wire.link or new_link(run, wire.item.record, salesforce_id)
    link.salesforce_id = salesforce_id or link.salesforce_id
    link.external_id = wire.item.record.external_id
    link.last_pushed_hash = wire.fingerprint
    link.pushed_values = {**link.pushed_values, **wire.payload}
    link.shortened_fields = list(wire.shortened)
    return link


def _attempt(run: Run, wire: Wire, answer: RecordAnswer) -> SyncAttempt:
    fault = answer.fault
    return SyncAttempt(
        job=wire.item.job,
        kind=wire.item.record.kind,
        sobject=wire.item.record.sobject,
        external_id=wire.item.record.external_id,
        salesforce_id=answer.salesforce_id,
        is_ok=fault is None,
        is_created=answer.is_created,
        code=fault.code[:80] if fault else "",
        message=fault.in_words() if fault else "",
        sent_fields=sorted(wire.payload),
        made_at=run.clock(),
    )


def settle(
    run: Run, job: SyncJob, results: Mapping[Identity, Result], identities: Sequence[Identity]
) -> None:
    """Decide about a job by its records: the first failure counts."""
    fault = next((results[name].fault for name in identities if results[name].fault), None)
    if fault:
        run.fail(job, fault)
    else:
        run.done(job)
