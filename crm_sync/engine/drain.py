"""The drain: fold marks, claim jobs, push them in the order that parents need, settle."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm_sync.client.answers import ROW_STATUS, CallRecord
from crm_sync.client.faults import CallFailed, Fault, Kind
from crm_sync.client.org import Org
from crm_sync.connections import connection as the_connection
from crm_sync.connections import setup_of
from crm_sync.engine import health
from crm_sync.engine.claiming import (
    claim,
    due_jobs,
    keep_jobs,
    keep_lane,
    lane_held,
    recover,
    wake_dependents,
)
from crm_sync.engine.facts import NO_FACTS, facts_of
from crm_sync.engine.flows.carts import push_carts
from crm_sync.engine.flows.customers import push_customers
from crm_sync.engine.flows.goods import push_price_lists, push_products
from crm_sync.engine.flows.orders import push_orders
from crm_sync.engine.flows.payments import push_payments
from crm_sync.engine.folding import fold
from crm_sync.engine.run import Halted, Run
from crm_sync.engine.settling import settle
from crm_sync.mappings import names
from crm_sync.models import Connection, SyncJob
from crm_sync.models.outbox import Lane
from shop.core import options

SECONDS_PER_DRAIN = 20.0  # a batch that begins then still ends before a worker gives up
# One call may take a minute, and a lease lasts a minute and a half.
HOLD_EVERY = timedelta(seconds=15)
FLOWS: dict[str, Callable[[Run, Sequence[SyncJob]], None]] = {
    names.PRICE_LIST: push_price_lists,
    names.PRODUCT: push_products,
    names.CUSTOMER: push_customers,
    names.CART: push_carts,
    names.ORDER: push_orders,
    names.PAYMENT: push_payments,
}
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Report:
    """What one drain did."""

    folded: int = 0
    settled: int = 0
    done: int = 0
    calls: int = 0
    is_finished: bool = True
    halted_by: str = ""


def drain(
    now: datetime,
    *,
    lanes: Sequence[str] = (Lane.LIVE, Lane.LOW),
    seconds: float = SECONDS_PER_DRAIN,
    is_forced: bool = False,
) -> Report:
    """Send what is due, live lane first, for a limited time."""
    with options.snapshot():
        return _drain(now, lanes, seconds, is_forced)


def _drain(now: datetime, lanes: Sequence[str], seconds: float, is_forced: bool) -> Report:
    report = Report()
    connection = the_connection()
    report.folded = fold(connection, now)
    setup = setup_of(connection)
    if not setup.is_complete or connection.state == Connection.State.PAUSED:
        return report
    started = time.monotonic()

    def clock() -> datetime:
        return now + timedelta(seconds=time.monotonic() - started)

    recover(connection, now)
    org = None
    try:
        for lane in lanes:
            while _work_is_left(connection, lane, clock()):
                org = org or Org(setup.credentials)
                with lane_held(connection, lane, clock()) as holder:
                    if not holder:
                        break
                    shift = Shift(connection, org, lane, holder, clock, is_forced, report)
                    shift.work(started + seconds)
                if not report.is_finished or report.halted_by:
                    return report
    finally:
        if org:
            report.calls = org.calls
            org.close()
    return report


def _work_is_left(connection: Connection, lane: str, now: datetime) -> bool:
    """Asked again after the lane was given back: who came meanwhile must not be forgotten."""
    connection.refresh_from_db()
    if not health.may_call(connection, now) or health.is_resting(connection, lane, now):
        return False
    return due_jobs(connection, lane, now) > 0


@dataclass(slots=True)
class Shift:
    """One worker's time at one lane."""

    connection: Connection
    org: Org
    lane: str
    holder: str
    clock: Callable[[], datetime]
    is_forced: bool
    report: Report

    def work(self, deadline: float) -> None:
        """Push batch after batch until nothing is due, time is up, or the org needs rest."""
        if self.connection.budget_until or health.is_over_budget(self.connection, self.lane):
            health.probe_budget(self.connection, self.org, self.lane, self.clock())
            health.save(self.connection)
        while health.may_send(self.connection, self.lane, self.clock()):
            if time.monotonic() > deadline:
                self.report.is_finished = False
                return
            if not keep_lane(self.connection, self.lane, self.holder, self.clock()):
                return
            jobs = claim(self.connection, self.lane, self.clock())
            if not jobs:
                return
            self._push(jobs)
            fold(self.connection, self.clock())

    def _push(self, jobs: Sequence[SyncJob]) -> None:
        run = Run(self.connection, self.org, NO_FACTS, self.clock, self.is_forced)
        held_at = self.clock()

        def note(record: CallRecord) -> None:
            nonlocal held_at
            run.note_call(record)
            if self.clock() - held_at >= HOLD_EVERY:
                held_at = self.clock()
                self._hold_on(jobs)

        self.org.watch(note)
        try:
            run.facts = facts_of(self.connection, self.org, self.clock())
            pin_shop_code(self.connection)
            with names.pinned_shop_code(self.connection.shop_code):
                push_batch(run, jobs)
        except Halted as halt:
            self._halt(halt.fault)
        except CallFailed as failure:  # the facts could not be read: nothing was sent yet
            self._halt(failure.fault)
        else:
            self._note(run)
        self._finish(run, jobs)

    def _hold_on(self, jobs: Sequence[SyncJob]) -> None:
        if keep_lane(self.connection, self.lane, self.holder, self.clock()):
            keep_jobs(jobs, self.clock())

    def _finish(self, run: Run, jobs: Sequence[SyncJob]) -> None:
        run.flush_calls()
        settle(run, jobs)
        wake_dependents(self.connection, self.clock())
        health.note_usage(self.connection, self.org.usage)
        health.save(self.connection)
        self.report.settled += len(run.outcomes)
        self.report.done += sum(
            1 for outcome in run.outcomes.values() if not outcome.fault and not outcome.blocked_by
        )

    def _halt(self, fault: Fault) -> None:
        logger.warning("Salesforce is left alone for a while: %s", fault.code)
        health.note_halt(self.connection, fault, self.clock())
        self.report.halted_by = fault.in_words()

    def _note(self, run: Run) -> None:
        faults = [outcome.fault for outcome in run.outcomes.values() if outcome.fault]
        # A single record that always fails is no sign that the org is down.
        broken = any(
            fault.kind in (Kind.TRANSIENT, Kind.UNKNOWN) and fault.status != ROW_STATUS
            for fault in faults
        )
        if broken and not run.progressed:
            in_a_row = self.connection.failures_in_a_row + 1
            health.note_failures(self.connection, in_a_row, self.clock())
        else:
            health.note_success(self.connection, self.clock())


def pin_shop_code(connection: Connection) -> None:
    """The first sync fixes the code: another one would make every record anew."""
    if not connection.shop_code:
        connection.shop_code = names.shop_code()
        connection.save(update_fields=["shop_code"])


def push_batch(run: Run, jobs: Sequence[SyncJob]) -> None:
    """Push jobs stage by stage; a bug in one record must not stop the others."""
    for mapping in names.STAGES:
        group = [job for job in jobs if job.mapping == mapping]
        if group:
            _push_group(run, mapping, group)


def _push_group(run: Run, mapping: str, group: Sequence[SyncJob]) -> None:
    try:
        FLOWS[mapping](run, group)
    except Halted:
        raise
    except CallFailed as failure:  # a question that the org refuses to answer
        for job in group:
            if run.is_open(job):
                run.fail(job, failure.fault)
    except Exception as error:
        logger.exception("Pushing %s failed", mapping)
        if len(group) == 1:
            run.fail(group[0], _own_fault(error))
            return
        for job in group:
            run.outcomes.pop(job.pk, None)
            _push_group(run, mapping, [job])


def _own_fault(error: Exception) -> Fault:
    return Fault(
        kind=Kind.PERMANENT,
        code="INTERNAL_ERROR",
        message=f"The record could not be prepared: {type(error).__name__}",
        hint="This is an error of the shop's software; the log has the details.",
    )
