"""Which records were changed or deleted in a span of time."""

from datetime import datetime, timedelta

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest.describe import object_of
from crm_sync.localorg.store.tables import quote

UPDATED_DAYS = 30
DELETED_DAYS = 15
MOST_IDS = 600_000


def _moment(call: Call, name: str) -> datetime:
    text = call.params().get(name, "")
    try:
        return clock.parse_datetime(text).replace(second=0, microsecond=0)
    except (ValueError, OverflowError) as error:
        message = f"{name}: {text!r} is not a date and time"
        raise SalesforceError("INVALID_REPLICATION_DATE", message) from error


def _span(call: Call, days: int) -> tuple[str, str]:
    start, end = _moment(call, "start"), _moment(call, "end")
    if start >= end:
        message = "startDate cannot be after or equal to endDate"
        raise SalesforceError("INVALID_REPLICATION_DATE", message)
    if start < clock.now() - timedelta(days=days):
        message = f"startDate cannot be more than {days} days ago"
        raise SalesforceError("INVALID_REPLICATION_DATE", message)
    return clock.to_wire(start), clock.to_wire(end)


def _covered(end: str) -> str:
    return min(end, clock.stamp())


def updated(call: Call, name: str) -> Answer:
    """List the records that were created or changed."""
    owner = object_of(call, name)
    start, end = _span(call, UPDATED_DAYS)
    sql = (
        f"SELECT Id FROM {quote(owner.name)} WHERE SystemModstamp >= ? AND SystemModstamp < ? "
        "AND IsDeleted = 0 ORDER BY SystemModstamp, Id LIMIT ?"
    )
    with call.org.store.read() as connection:
        found = [row[0] for row in connection.execute(sql, (start, end, MOST_IDS + 1))]
    if len(found) > MOST_IDS:
        raise SalesforceError("EXCEEDED_ID_LIMIT", "Too many ids in this span")
    return Answer({"ids": found, "latestDateCovered": _covered(end)})


def deleted(call: Call, name: str) -> Answer:
    """List the records that went to the recycle bin."""
    owner = object_of(call, name)
    start, end = _span(call, DELETED_DAYS)
    sql = (
        f"SELECT Id, SystemModstamp FROM {quote(owner.name)} "
        "WHERE SystemModstamp >= ? AND SystemModstamp < ? AND IsDeleted = 1 ORDER BY SystemModstamp"
    )
    with call.org.store.read() as connection:
        rows = connection.execute(sql, (start, end)).fetchall()
        earliest = connection.execute(
            f"SELECT MIN(SystemModstamp) FROM {quote(owner.name)} WHERE IsDeleted = 1"
        ).fetchone()[0]
    return Answer(
        {
            "deletedRecords": [{"id": row[0], "deletedDate": row[1]} for row in rows],
            "earliestDateAvailable": earliest or start,
            "latestDateCovered": _covered(end),
        }
    )
