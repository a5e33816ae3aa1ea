"""Turning leads into account and contact: never twice, whatever got lost on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_sync.chunks import in_chunks
from crm_sync.client.answers import ConvertedLead
from crm_sync.client.faults import CallFailed, Kind
from crm_sync.client.soap import Conversion
from crm_sync.engine.matching import ask, stamp
from crm_sync.engine.run import HALTING, Halted, Run
from crm_sync.mappings import names, people
from crm_sync.mappings.people import Person
from crm_sync.mappings.records import Record
from crm_sync.models import Link, SyncAttempt, SyncJob

LEADS_PER_CALL = 100
QUEUE_PREFIX = "00G"


@dataclass(frozen=True, slots=True)
class OrgLead:
    """A lead as the org has it."""

    lead_id: str
    is_converted: bool
    account_id: str
    contact_id: str
    is_of_queue: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One lead that has to end as a customer's account and contact."""

    job: SyncJob
    person: Person
    link: Link


def convert(run: Run, customers: Sequence[tuple[SyncJob, Person]]) -> None:
    """Convert every live lead of these customers, own lead first, claimed guests after it."""
    for steps in _rounds(run, customers):
        waiting = [step for step in steps if run.is_open(step.job)]
        if waiting:
            _convert_round(run, waiting)


def _rounds(run: Run, customers: Sequence[tuple[SyncJob, Person]]) -> list[list[Step]]:
    rounds: list[list[Step]] = []
    for job, person in customers:
        links = [run.link(names.LEAD, key) for key in (person.key, *person.merged_keys)]
        live = [link for link in links if link and link.state == Link.State.LIVE]
        for position, link in enumerate(live):
            if position == len(rounds):
                rounds.append([])
            rounds[position].append(Step(job=job, person=person, link=link))
    return rounds


def _convert_round(run: Run, steps: Sequence[Step]) -> None:
    """Look before sending: conversion cannot be repeated."""
    known = _look(run, steps)
    for step in steps:
        if step.link.external_id not in known:
            run.drop_link(step.link)  # somebody deleted the lead: there is nothing to convert
    present = [step for step in steps if step.link.external_id in known]
    fresh = [step for step in present if not known[step.link.external_id].is_converted]
    finished = [
        (step, known[step.link.external_id].account_id, known[step.link.external_id].contact_id)
        for step in present
        if known[step.link.external_id].is_converted
    ]
    for part in in_chunks(fresh, LEADS_PER_CALL):
        finished += _send(run, part, known)
    _claim(run, finished)


def _look(run: Run, steps: Sequence[Step]) -> dict[str, OrgLead]:
    rows = ask(
        run,
        "SELECT Id, Shop_Id__c, IsConverted, ConvertedAccountId, ConvertedContactId, OwnerId "
        "FROM Lead WHERE Shop_Id__c IN {names}",
        [step.link.external_id for step in steps],
    )
    return {
        str(row["Shop_Id__c"]): OrgLead(
            lead_id=str(row["Id"]),
            is_converted=bool(row["IsConverted"]),
            account_id=str(row.get("ConvertedAccountId") or ""),
            contact_id=str(row.get("ConvertedContactId") or ""),
            is_of_queue=str(row.get("OwnerId") or "").startswith(QUEUE_PREFIX),
        )
        for row in rows
    }


Finished = tuple[Step, str, str]


def _send(run: Run, steps: Sequence[Step], known: Mapping[str, OrgLead]) -> list[Finished]:
    conversions = [_conversion(run, step, known[step.link.external_id]) for step in steps]
    try:
        answers = run.org.convert_leads(conversions)
    except CallFailed as failure:
        if failure.fault.kind in HALTING:
            raise Halted(failure.fault) from failure
        answers = [ConvertedLead(lead_id="", fault=failure.fault)] * len(steps)
    run.log([_attempt(run, *pair) for pair in zip(steps, answers, strict=True)])
    finished = []
    for step, answer in zip(steps, answers, strict=True):
        if answer.fault:
            run.fail(step.job, answer.fault)
        else:
            run.progressed.add(step.job.pk)
            finished.append((step, answer.account_id, answer.contact_id))
    return finished


def _conversion(run: Run, step: Step, lead: OrgLead) -> Conversion:
    account = run.link(names.ACCOUNT, step.person.key)
    contact = run.link(names.CONTACT, step.person.key) if account else None
    return Conversion(
        lead_id=lead.lead_id,
        converted_status=run.facts.lead_converted,
        account_id=account.salesforce_id if account else "",
        contact_id=contact.salesforce_id if contact else "",
        owner_id=run.facts.user_id if lead.is_of_queue else "",
    )


def _attempt(run: Run, step: Step, answer: ConvertedLead) -> SyncAttempt:
    return SyncAttempt(
        job=step.job,
        kind="conversion",
        sobject="Lead",
        external_id=step.link.external_id,
        salesforce_id=answer.lead_id,
        is_ok=answer.fault is None,
        code=answer.fault.code[:80] if answer.fault else "",
        message=answer.fault.in_words() if answer.fault else "",
        made_at=run.clock(),
    )


Claim = tuple[Step, Record, str]


def _claim(run: Run, finished: Sequence[Finished]) -> None:
    """Write our external ids on what the conversion made; only then the lead counts as done."""
    claims = [
        (step, record, salesforce_id)
        for step, account_id, contact_id in finished
        for record, salesforce_id in (
            (people.account_record(step.person), account_id),
            (people.contact_record(step.person), contact_id),
        )
        if salesforce_id and not run.link(record.kind, record.key)
    ]
    for sobject in ("Account", "Contact"):
        _claim_object(run, [claim for claim in claims if claim[1].sobject == sobject], sobject)
    for step, _, _ in finished:
        if run.link(names.ACCOUNT, step.person.key) and run.link(names.CONTACT, step.person.key):
            step.link.state = Link.State.CONVERTED
            run.save_links([step.link])


def _claim_object(run: Run, claims: Sequence[Claim], sobject: str) -> None:
    if not claims:
        return
    rows = [
        {"Id": salesforce_id, names.EXTERNAL_ID: record.external_id}
        for _, record, salesforce_id in claims
    ]
    told = stamp(run, sobject, rows)
    run.save_links(
        [
            Link(
                connection=run.connection,
                kind=record.kind,
                key=record.key,
                sobject=sobject,
                salesforce_id=salesforce_id,
                external_id=record.external_id,
            )
            for _, record, salesforce_id in claims
            if told[salesforce_id] is None
        ]
    )
    for step, _, salesforce_id in claims:
        fault = told[salesforce_id]
        if fault and fault.kind is not Kind.RACE:
            # Going on without the name would make a second record beside this one.
            run.fail(step.job, fault)
