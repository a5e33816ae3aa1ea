"""The statements that were run by hand, kept with the org's records."""

from dataclasses import dataclass
from datetime import UTC, datetime

from crm_sync.localorg.store.database import Store

KEPT = 20
SURPLUS = f"SELECT place FROM _statement ORDER BY place DESC LIMIT -1 OFFSET {KEPT}"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement and when it was last run."""

    soql: str
    ran: datetime


def remember(store: Store, soql: str) -> None:
    """Put a statement before all others; it is kept once, and the oldest gives way."""
    with store.write() as connection:
        connection.execute("DELETE FROM _statement WHERE soql = ?", (soql,))
        sql = "INSERT INTO _statement (soql, ran) VALUES (?, ?)"
        connection.execute(sql, (soql, datetime.now(UTC).timestamp()))
        connection.execute(f"DELETE FROM _statement WHERE place IN ({SURPLUS})")


def recent(store: Store) -> list[Statement]:
    """Return the kept statements, the last one first."""
    with store.read() as connection:
        rows = connection.execute("SELECT soql, ran FROM _statement ORDER BY place DESC")
        return [Statement(soql, datetime.fromtimestamp(ran, UTC)) for soql, ran in rows]
