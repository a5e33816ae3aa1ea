"""Finding our records among those that were in the org before us."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_sync.chunks import in_chunks
from crm_sync.client.faults import CallFailed
from crm_sync.client.org import COLLECTION_SIZE
from crm_sync.engine.pusher import Item, halt_of
from crm_sync.engine.run import Run
from crm_sync.mappings import names


def ask(run: Run, soql: str, wanted: Sequence[str]) -> list[dict[str, Any]]:
    """Ask about many names; without an answer nothing can be decided, so the batch waits."""
    try:
        return list(run.org.query_by(soql, wanted))
    except CallFailed as failure:
        raise halt_of(failure.fault) from failure


def adopt(run: Run, sobject: str, soql: str, match: str, items: Mapping[str, Item]) -> None:
    """Write our external id on records that match exactly one of ours."""
    found: dict[str, list[str]] = {}
    for row in ask(run, soql, list(items)):
        found.setdefault(str(row[match]).lower(), []).append(str(row["Id"]))
    exact = {name: ids[0] for name in items if len(ids := found.get(name.lower(), [])) == 1}
    stamps = [
        {"Id": salesforce_id, names.EXTERNAL_ID: items[name].record.external_id}
        for name, salesforce_id in exact.items()
    ]
    stamp(run, sobject, stamps)


def stamp(run: Run, sobject: str, stamps: Sequence[Mapping[str, str]]) -> list[str]:
    """Write external ids on records known by Salesforce id; answers the ids that took it."""
    taken = []
    for part in in_chunks(stamps, COLLECTION_SIZE):
        try:
            answers = run.org.update_collection(sobject, part)
        except CallFailed as failure:
            raise halt_of(failure.fault) from failure
        taken += [
            row["Id"] for row, answer in zip(part, answers, strict=True) if answer.fault is None
        ]
    return taken
