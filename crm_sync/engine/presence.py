"""What the org has of ours: looked up by external id, forgotten where it is gone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from crm_sync.client.faults import CallFailed, Fault, Kind, Treatment
from crm_sync.engine.run import HALTING, Halted, Run
from crm_sync.mappings import names
from crm_sync.mappings.names import EXTERNAL_ID
from crm_sync.mappings.records import Record
from crm_sync.models import Link, SyncJob
from shop.goods.catalog.models import Variant

# Kinds whose records are made by the job of that name, under the same key.
OWNERS = {
    kind: mapping
    for mapping, kinds in names.KINDS.items()
    if mapping != names.PRODUCT
    for kind in kinds
}


def present(run: Run, sobject: str, external_ids: Sequence[str]) -> dict[str, str]:
    """Answer the Salesforce ids of those that exist, by external id."""
    # Both names are our own.
    soql = f"SELECT Id, {EXTERNAL_ID} FROM {sobject} WHERE {EXTERNAL_ID} IN {{names}}"  # noqa: S608
    try:
        rows = list(run.org.query_by(soql, external_ids))
    except CallFailed as failure:
        raise unanswered(failure) from failure
    return {str(row[EXTERNAL_ID]): str(row["Id"]) for row in rows}


def unanswered(failure: CallFailed) -> CallFailed | Halted:
    """A look that failed tells nothing about any record, so the whole batch waits.

    One that the org refuses will be refused for ever: it is the trouble of those who asked.
    """
    fault = failure.fault
    if fault.treatment is Treatment.FIX:
        return failure
    return Halted(_as_halting(fault))


def _as_halting(fault: Fault) -> Fault:
    return fault if fault.kind in HALTING else replace(fault, kind=Kind.NOT_SENT)


def read_back(run: Run, sobject: str, records: Sequence[Record]) -> None:
    """Look which of these records exist, by external id, and remember their ids."""
    by_name = {record.external_id: record for record in records}
    found = [
        (by_name[name], salesforce_id)
        for name, salesforce_id in present(run, sobject, list(by_name)).items()
        if name in by_name
    ]
    run.save_links([new_link(run, record, salesforce_id) for record, salesforce_id in found])


def new_link(run: Run, record: Record, salesforce_id: str) -> Link:
    """Answer a link that says nothing yet of what the record holds."""
    return Link(
        connection=run.connection,
        kind=record.kind,
        key=record.key,
        sobject=record.sobject,
        salesforce_id=salesforce_id,
        external_id=record.external_id,
    )


def forget_lost(run: Run, records: Iterable[Record]) -> None:
    """An org that was emptied or exchanged no longer has what we remember: start those anew."""
    links = (run.link(*record.identity) for record in records)
    _forget(run, [link for link in links if link])


def heal(run: Run, lost: Mapping[SyncJob, Sequence[str]]) -> None:
    """Look after what records point at; who points at something gone waits for a new one."""
    pointers = {name for external_ids in lost.values() for name in external_ids}
    links = Link.objects.filter(connection=run.connection, external_id__in=pointers)
    owners = {link.external_id: _owner(link) for link in _forget(run, list(links))}
    # Where one is gone, its siblings may be as well: a product takes its prices along.
    siblings = Link.objects.filter(connection=run.connection).exclude(external_id__in=pointers)
    for mapping, key in {owner for owner in owners.values() if owner}:
        keys = _keys(mapping, key)
        _forget(run, list(siblings.filter(kind__in=names.KINDS[mapping], key__in=keys)))
    for job, external_ids in lost.items():
        waits_for = next((owners[name] for name in external_ids if owners.get(name)), None)
        if waits_for and waits_for != (job.mapping, job.key):
            run.gone_parents[job.pk] = waits_for


def _forget(run: Run, links: Sequence[Link]) -> list[Link]:
    """Drop the links of what is gone; answers those."""
    by_object: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_object[link.sobject].append(link)
    gone = []
    for sobject, some in by_object.items():
        there = present(run, sobject, sorted({link.external_id for link in some}))
        gone += [link for link in some if link.external_id not in there]
    for link in gone:
        run.drop_link(link)
    return gone


def _owner(link: Link) -> tuple[str, str] | None:
    """Answer whose job brings a record; nobody's is one that each order makes where needed."""
    if link.kind in OWNERS:
        return OWNERS[link.kind], link.key
    if link.kind not in names.KINDS[names.PRODUCT]:
        return None
    if link.key == names.STAND_IN:
        return names.PRODUCT, link.key
    keys = Variant.objects.filter(key=link.key).values_list("product__key", flat=True)
    return (names.PRODUCT, keys[0]) if keys else None


def _keys(mapping: str, key: str) -> list[str]:
    """Answer the keys of the records that a job brings: a product brings all of its variants."""
    if mapping != names.PRODUCT or key == names.STAND_IN:
        return [key]
    return list(Variant.objects.filter(product__key=key).values_list("key", flat=True))
