"""Finding our records among those that were in the org before us."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_sync.chunks import in_chunks
from crm_sync.client.faults import CallFailed, Fault, Kind
from crm_sync.client.org import COLLECTION_SIZE
from crm_sync.engine.presence import unanswered
from crm_sync.engine.pusher import Item, is_divisible
from crm_sync.engine.run import HALTING, Halted, Run
from crm_sync.mappings import names


def ask(run: Run, soql: str, wanted: Sequence[str]) -> list[dict[str, Any]]:
    """Ask about many names; without an answer nothing can be decided, so the batch waits."""
    try:
        return list(run.org.query_by(soql, wanted))
    except CallFailed as failure:
        raise unanswered(failure) from failure


def adopt(run: Run, sobject: str, soql: str, match: str, items: Mapping[str, Item]) -> None:
    """Write our external id on records that match exactly one of ours."""
    found: dict[str, list[str]] = {}
    for row in ask(run, soql, list(items)):
        found.setdefault(value_at(row, match).lower(), []).append(str(row["Id"]))
    owners = {ids[0]: items[name] for name in items if len(ids := found.get(name.lower(), [])) == 1}
    stamps = [
        {"Id": salesforce_id, names.EXTERNAL_ID: item.record.external_id}
        for salesforce_id, item in owners.items()
    ]
    for salesforce_id, fault in stamp(run, sobject, stamps).items():
        if fault and fault.kind is not Kind.RACE:
            # Sent all the same it would stand beside the one that it is. (A name that is taken
            # is no trouble: then the record that has it is ours.)
            run.fail(owners[salesforce_id].job, fault)


def value_at(row: Mapping[str, Any], path: str) -> str:
    """Answer a value of a row of a query, or of the parents in it."""
    value: Any = row
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return str(value or "")


def stamp(run: Run, sobject: str, stamps: Sequence[Mapping[str, str]]) -> dict[str, Fault | None]:
    """Write external ids on records known by Salesforce id; answers for each what went wrong."""
    told: dict[str, Fault | None] = {}
    for part in in_chunks(stamps, COLLECTION_SIZE):
        faults = update_each(run, sobject, part)
        told |= {row["Id"]: fault for row, fault in zip(part, faults, strict=True)}
    return told


def update_each(run: Run, sobject: str, rows: Sequence[Mapping[str, str]]) -> list[Fault | None]:
    """Update records by Salesforce id; a call that is refused as a whole is tried in halves."""
    try:
        return [answer.fault for answer in run.org.update_collection(sobject, rows)]
    except CallFailed as failure:
        fault = failure.fault
    if fault.kind in HALTING:
        raise Halted(fault)
    if is_divisible(fault) and len(rows) > 1:
        middle = len(rows) // 2
        run.flush_calls()
        return [
            *update_each(run, sobject, rows[:middle]),
            *update_each(run, sobject, rows[middle:]),
        ]
    return [fault] * len(rows)
