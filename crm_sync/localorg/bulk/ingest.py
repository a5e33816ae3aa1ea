"""Working through an uploaded file, in batches, in the background."""

import logging
import time
from collections import Counter
from itertools import islice

from crm_sync.localorg.bulk import csvs, jobs
from crm_sync.localorg.bulk.jobs import Job
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.records import delete as bin_
from crm_sync.localorg.records import save
from crm_sync.localorg.records.context import Context, SaveOptions
from crm_sync.localorg.records.references import short_or_full
from crm_sync.localorg.records.values import Unreadable
from crm_sync.localorg.rest.collections import doubled, upsert_one
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.store.database import Replaced

LOG = logging.getLogger(__name__)
BATCH = 200
MOST_IN_BATCH = 10_000
NOTHING = "#N/A"
OWNER = "OwnerId"
WRONG_CELLS = "The number of cells differs from the number of columns"
BINARY = "InvalidBatch : Binary field {} is only supported for content types ZIP_XML and ZIP_CSV"
Record = dict[str, object]


def header_of(org: Org, job: Job) -> list[str]:
    """Return the column names of an upload."""
    found = csvs.rows(jobs.uploaded(org, job), job.column_delimiter)
    return [name.strip() for name in next(found, [])]


def check_header(owner: SObject, header: list[str], *, with_files: bool = False) -> None:
    """Refuse a file with a column twice, or with one that the object does not have."""
    twice = [name for name, count in Counter(map(str.lower, header)).items() if count > 1]
    if twice:
        message = f"InvalidBatch : Duplicate field name found : {', '.join(twice)}"
        raise SalesforceError("InvalidBatch", message)
    for name in header:
        field = owner.find(name)
        if field is not None and field.is_binary and not with_files:
            raise SalesforceError("InvalidBatch", BINARY.format(field.name))
        if not _is_known(owner, name):
            message = f"InvalidBatch : Field name not found : {name}"
            raise SalesforceError("InvalidBatch", message)


def _is_known(owner: SObject, name: str) -> bool:
    """Say whether a column is a field or a parent; which kind of parent is told where it can be."""
    kind, _, path = name.rpartition(":")
    base, _, rest = path.partition(".")
    if not rest:
        return not kind and owner.find(base) is not None
    reference = owner.relationships.get(base.lower())
    if reference is None:
        return False
    several = len(reference.refers) > 1
    return several if kind else not several or reference.name == OWNER


def to_record(header: list[str], cells: list[str]) -> Record:
    """Return the record that a row describes; an empty cell leaves its field alone."""
    record: Record = {}
    for name, cell in zip(header, cells, strict=True):
        if cell == "":
            continue
        value = None if cell == NOTHING else cell
        kind, _, path = name.rpartition(":")
        relation, _, key = path.partition(".")
        if not key:
            record[path] = value
        elif value is None:
            record[relation] = None
        else:
            named = {"attributes": {"type": kind}} if kind else {}
            record[relation] = {**named, key: value}
    return record


def error_text(code: str, message: str, fields: list[str] | None) -> str:
    """Return a row's failure as result files tell it."""
    return f"{code}:{message}:{''.join(f'{each} ' for each in fields or ())}--"


def unreadable_text(error: Unreadable, header: list[str]) -> str:
    """Return the failure of a row with a value that is not of its column's type."""
    names = [name.lower() for name in header]
    name = error.field.key
    place = names.index(name) if name in names else 0
    message = f"Failed to deserialize field at col {place}. Due to, {error.as_xsd}"
    return error_text("INVALID_FIELD", message, [error.field.name])


def apply(
    context: Context,
    owner: SObject,
    operation: str,
    key: str,
    record: Record,
    options: SaveOptions,
    twice: frozenset[str] = frozenset(),
) -> tuple[str, bool]:
    """Do to one record what its job says; return its id and whether it is new."""
    if operation == "insert":
        return save.insert(context, owner, record, options).record_id, True
    if operation == "upsert":
        done = upsert_one(context, owner, key, record, options, twice)
        return done.record_id, done.created
    named = next((name for name in record if name.lower() == "id"), None)
    if named is None:
        raise SalesforceError("MISSING_ARGUMENT", "Id not specified", ["Id"])
    record_id = short_or_full(str(record.pop(named)))
    if operation == "update":
        save.update(context, owner, record_id, record, options)
        return record_id, False
    bin_.delete(context, owner, record_id, options)
    if operation == "hardDelete":
        bin_.erase(context, owner, record_id)
    return record_id, False


class Ingest:
    """One job being worked through."""

    def __init__(self, org: Org, job: Job) -> None:
        self.org = org
        self.job = job
        self.owner = org.schema.require(job.object_name)
        self.options = SaveOptions(user_id=job.createdById)

    def run(self) -> None:
        """Do what is left of the job."""
        self.org.present.user_id = self.job.createdById
        self.org.present.origin = f"com/salesforce/api/bulkapi/{self.job.version}"
        self.org.present.client = self.job.extra.get("client", "")
        try:
            self._work()
        except SalesforceError as error:
            self._end("Failed", error.message)
        except Replaced:
            raise
        except Exception:
            LOG.exception("Bulk job %s failed", self.job.id)
            self._end("Failed", "InternalError")

    def _is_wanted(self) -> bool:
        """Say whether the job was neither aborted nor deleted meanwhile."""
        found = jobs.find(self.org, jobs.INGEST, self.job.id)
        return found is not None and found.state != "Aborted"

    def _begin(self) -> bool:
        with self.org.store.write():
            if not self._is_wanted():
                return False
            self.job.state = "InProgress"
            jobs.save(self.org, self.job)
        return True

    def _end(self, state: str, error: str = "") -> None:
        with self.org.store.write():
            if self._is_wanted():
                self.job.state, self.job.error = state, error
                jobs.save(self.org, self.job)

    def _work(self) -> None:
        csvs.check(jobs.uploaded(self.org, self.job))
        csvs.check_ending(jobs.uploaded(self.org, self.job), self.job.line_ending)
        found = csvs.rows(jobs.uploaded(self.org, self.job), self.job.column_delimiter)
        header = [name.strip() for name in next(found, [])]
        check_header(self.owner, header)
        if not self._begin():
            return
        started = time.monotonic()
        before = self.job.milliseconds
        rest = islice(found, self.job.processed, None)
        while batch := list(islice(rest, BATCH)):
            if not self._batch(header, batch):
                return
            if self.job.processed % MOST_IN_BATCH == 0:
                self.org.limits.use("DailyBulkApiBatches")
            self.job.milliseconds = before + int((time.monotonic() - started) * 1000)
        self._end("JobComplete")

    def _batch(self, header: list[str], batch: list[list[str]]) -> bool:
        context = self.org.context()
        good, bad = [], []
        failed = 0
        with self.org.store.write():
            if not self._is_wanted():
                return False
            twice = self._doubled(header, batch)
            for cells in batch:
                try:
                    saved = self._row(context, header, cells, twice)
                except Unreadable as error:
                    failed += 1
                    shown = unreadable_text(error, header)
                    bad.append(self._refused(header, cells, shown))
                except SalesforceError as error:
                    failed += 1
                    shown = ";".join(
                        error_text(one.code, one.message, one.fields) for one in error.each
                    )
                    bad.append(self._refused(header, cells, shown))
                else:
                    good.append(self._line([saved[0], "true" if saved[1] else "false", *cells]))
            jobs.append_results(self.org, self.job, "".join(good), "".join(bad))
            self.job.processed += len(batch)
            self.job.failed += failed
            jobs.save(self.org, self.job)
        return True

    def _id_in(self, header: list[str], cells: list[str]) -> str:
        """Return the id by which a row named its record, if it did."""
        named = zip((name.lower() for name in header), cells, strict=False)
        return next((cell for name, cell in named if name == "id"), "")

    def _refused(self, header: list[str], cells: list[str], shown: str) -> str:
        """Return the line of a row that failed, as wide as the header whatever its own width."""
        fitting = [*cells, *[""] * len(header)][: len(header)]
        return self._line([self._id_in(header, cells), shown, *fitting])

    def _line(self, cells: list[str]) -> str:
        return csvs.line(cells, self.job.column_delimiter, self.job.line_ending)

    def _doubled(self, header: list[str], batch: list[list[str]]) -> frozenset[str]:
        """Return the keys that several rows of a batch carry."""
        key, names = self.job.key, [name.lower() for name in header]
        if key.lower() not in names:
            return frozenset()
        place = names.index(key.lower())
        return doubled(key, ({key: row[place]} for row in batch if len(row) > place))

    def _row(
        self, context: Context, header: list[str], cells: list[str], twice: frozenset[str]
    ) -> tuple[str, bool]:
        if len(cells) != len(header):
            raise SalesforceError("INVALID_FIELD", WRONG_CELLS)
        record = to_record(header, cells)
        with self.org.store.write():
            job = self.job
            return apply(context, self.owner, job.operation, job.key, record, self.options, twice)


def start(org: Org, job: Job) -> None:
    """Work through a job in the background."""
    org.store.in_background(Ingest(org, job).run)
