"""Running a statement: pages, cursors and child records."""

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from crm_sync.localorg import clock, ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.soql import plan, subtotals
from crm_sync.localorg.soql.columns import compile_columns
from crm_sync.localorg.soql.compiler import (
    Nested,
    Select,
    group_clause,
    order_clause,
    where_clause,
)
from crm_sync.localorg.soql.nodes import Query
from crm_sync.localorg.soql.parser import parse
from crm_sync.localorg.soql.scope import Environment
from crm_sync.localorg.soql.shape import Leaf, Record, Row
from crm_sync.localorg.store.database import Store
from crm_sync.localorg.store.tables import quote

PAGE = 2000
CURSOR_SECONDS = 2 * 24 * 3600
ID_SIZE = 18
TOO_LARGE = re.compile("too many|expression tree|parser stack|at most", re.IGNORECASE)


@contextmanager
def bounded() -> Iterator[None]:
    """Refuse what is larger than the store can work out."""
    try:
        yield
    except (RecursionError, sqlite3.OperationalError) as error:
        if isinstance(error, sqlite3.OperationalError) and not TOO_LARGE.match(str(error)):
            raise
        message = (
            "Query is either selecting too many fields or the filter conditions are too complicated"
        )
        raise SalesforceError("QUERY_TOO_COMPLICATED", message) from error


@dataclass(slots=True)
class Page:
    """One page of a result."""

    total: int
    records: list[Record]
    next_cursor: str | None = None
    columns: list[Leaf] = field(default_factory=list)


@dataclass(slots=True)
class Reader:
    """Answers statements from the store."""

    store: Store
    schema: Callable[[], Schema]
    zone: ZoneInfo
    ids: ids.IdFactory
    whole: Callable[[], Schema]
    user_id: Callable[[], str]

    def compile(self, text: str, *, all_rows: bool) -> Select:
        """Parse and compile a statement."""
        return self._compiled(parse(text), text, all_rows=all_rows)

    def _compiled(self, query: Query, text: str, *, all_rows: bool) -> Select:
        today = clock.now().astimezone(self.zone).date()
        env = Environment(self.schema(), text, today, self.zone, self.whole(), all_rows)
        env.user_id = self.user_id()
        env.locale = self._locale(env.user_id) if "FORMAT" in text.upper() else ""
        return compile_columns(env, query)

    @bounded()
    def search(self, query: Query, *, base: str) -> list[Record]:
        """Return the records of one object that a search finds."""
        select = self._compiled(query, query.text, all_rows=False)
        rest = where_clause(select.scope, query) + order_clause(select) + _limits(query, None)
        with self.store.read() as connection:
            return _records(connection, select, _fetch(connection, select, rest), base)

    @bounded()
    def check(self, text: str) -> Select:
        """Compile all of a statement without running it."""
        select = self.compile(text, all_rows=False)
        where_clause(select.scope, select.query)
        group_clause(select)
        order_clause(select)
        return select

    @bounded()
    def explain(self, text: str) -> list[dict[str, object]]:
        """Return the ways in which a statement could be answered."""
        self.check(text)
        select = self.compile(text, all_rows=False)
        scope, query = select.scope, select.query
        where = where_clause(scope, query)
        with self.store.read() as connection:
            sql = f"SELECT COUNT(*) FROM {scope.source()}{where}"
            found = int(connection.execute(sql, scope.params).fetchone()[0])
            sql = f"SELECT COUNT(*) FROM {quote(scope.owner.name)} WHERE IsDeleted = 0"
            total = int(connection.execute(sql).fetchone()[0])
        return plan.plans(scope, query.where, found, total)

    def _locale(self, user_id: str) -> str:
        with self.store.read() as connection:
            sql = "SELECT LocaleSidKey FROM User WHERE Id = ?"
            found = connection.execute(sql, (user_id,)).fetchone()
        return str(found[0]) if found else ""

    @bounded()
    def query(self, text: str, *, base: str = "", all_rows: bool = False, size: int = PAGE) -> Page:
        """Return the first page of a statement's result."""
        select = self.compile(text, all_rows=all_rows)
        query = select.query
        where = where_clause(select.scope, query)
        with self.store.read() as connection:
            if query.count_only:
                sql = f"SELECT COUNT(*) FROM {select.scope.source()}{where}"
                return Page(_count(connection, sql, select, query), [])
            if select.aggregated:
                return _aggregate(connection, select, where)
            group = group_clause(select)
            statement = where + group + order_clause(select)
            rows = _fetch(connection, select, statement + _limits(query, size + 1))
            if len(rows) <= size:
                return Page(len(rows), _records(connection, select, rows, base))
            found = _all_ids(connection, select, statement + _limits(query, None))
            # Without a full order two statements may disagree: all pages come from one.
            rows = _fetch_ids(connection, select, _ids_in(found[: size * ID_SIZE]))
            records = _records(connection, select, rows, base)
        cursor = self._keep(text, found, all_rows=all_rows, size=size)
        return Page(len(found) // ID_SIZE, records, f"{cursor}-{size}")

    def _keep(self, text: str, found: bytes, *, all_rows: bool, size: int) -> str:
        cursor = self.ids.next("0r8")
        with self.store.write() as connection:
            oldest = time.time() - CURSOR_SECONDS
            connection.execute("DELETE FROM _cursor WHERE made < ?", (oldest,))
            connection.execute(
                "INSERT INTO _cursor VALUES (?, ?, ?, ?, ?, ?, ?)",
                (cursor, text, int(all_rows), size, len(found) // ID_SIZE, time.time(), found),
            )
        return cursor

    @bounded()
    def freeze(self, text: str, *, all_rows: bool) -> tuple[str, int]:
        """Keep the ids of a whole result; return the cursor and their number."""
        select = self.compile(text, all_rows=all_rows)
        where = where_clause(select.scope, select.query)
        rest = where + order_clause(select) + _limits(select.query, None)
        with self.store.read() as connection:
            found = _all_ids(connection, select, rest)
        cursor = self._keep(text, found, all_rows=all_rows, size=PAGE)
        return cursor, len(found) // ID_SIZE

    @bounded()
    def more(self, locator: str, *, base: str = "", size: int | None = None) -> Page:
        """Return the page that a locator points at."""
        cursor, _, start_text = locator.partition("-")
        start = int(start_text) if start_text.isdigit() else -1
        with self.store.read() as connection:
            kept = connection.execute(
                "SELECT soql, all_rows, size, total, substr(ids, ? * 18 + 1, 18 * max(size, ?)) "
                "FROM _cursor WHERE id = ? AND made > ?",
                (start, size or 0, cursor, time.time() - CURSOR_SECONDS),
            ).fetchone()
            if kept is None or not 0 <= start < kept[3]:
                raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
            text, all_rows, page_size, total, blob = kept
            page_size = size or page_size
            select = self.compile(text, all_rows=bool(all_rows))
            rows = _fetch_ids(connection, select, _ids_in(blob[: page_size * ID_SIZE]))
            records = _records(connection, select, rows, base)
        end = start + page_size
        return Page(total, records, f"{cursor}-{end}" if end < total else None)


def _limits(query: Query, most: int | None) -> str:
    limit = query.limit if most is None else min(query.limit or most, most)
    if query.limit == 0:
        limit = 0
    clause = f" LIMIT {limit}" if limit is not None else ""
    if query.offset:
        clause = (clause or " LIMIT -1") + f" OFFSET {query.offset}"
    return clause


def _count(connection: sqlite3.Connection, sql: str, select: Select, query: Query) -> int:
    count = int(connection.execute(sql, select.scope.params).fetchone()[0])
    count = max(count - (query.offset or 0), 0)
    return count if query.limit is None else min(count, query.limit)


def _fetch(connection: sqlite3.Connection, select: Select, rest: str) -> list[Row]:
    sql = f"SELECT {', '.join(select.columns)} FROM {select.scope.source()}{rest}"
    return connection.execute(sql, select.scope.params).fetchall()


def _all_ids(connection: sqlite3.Connection, select: Select, rest: str) -> bytes:
    inner = f"SELECT {select.scope.table}.Id AS id FROM {select.scope.source()}{rest}"
    sql = f"SELECT group_concat(id, '') FROM ({inner})"
    row = connection.execute(sql, select.scope.params).fetchone()
    return (row[0] or "").encode()


def _ids_in(found: bytes) -> list[str]:
    return [found[at : at + ID_SIZE].decode() for at in range(0, len(found), ID_SIZE)]


def _fetch_ids(connection: sqlite3.Connection, select: Select, wanted: list[str]) -> list[Row]:
    where_clause(select.scope, select.query)
    select.scope.params.clear()
    rest = f" WHERE {select.scope.table}.Id IN (SELECT value FROM json_each(?))"
    sql = f"SELECT {', '.join(select.columns)} FROM {select.scope.source()}{rest}"
    place = select.node.id_column if select.node else 0
    found = {row[place]: row for row in connection.execute(sql, (json.dumps(wanted),))}
    return [found[each] for each in wanted if each in found]


def _aggregate(connection: sqlite3.Connection, select: Select, where: str) -> Page:
    limits = _limits(select.query, PAGE + 1)
    if select.query.subtotals:
        sql, params = subtotals.statement(select, where)
        rows = connection.execute(sql + limits, params).fetchall()
    else:
        rest = where + group_clause(select) + order_clause(select) + limits
        rows = _fetch(connection, select, rest)
    if len(rows) > PAGE:
        message = (
            "Aggregate query does not support queryMore(), use LIMIT to restrict the results "
            "to a single batch"
        )
        raise SalesforceError("EXCEEDED_ID_LIMIT", message)
    records: list[Record] = []
    for row in rows:
        record: Record = {"attributes": {"type": "AggregateResult"}}
        record.update({leaf.name: leaf.read(row) for leaf in select.leaves})
        records.append(record)
    return Page(len(records), records, columns=select.leaves)


def _records(
    connection: sqlite3.Connection, select: Select, rows: list[Row], base: str
) -> list[Record]:
    for nested in select.subqueries:
        _fill_children(connection, select, nested, rows, base)
    node = select.node
    if node is None:
        return []
    return [record for row in rows if (record := node.read(row, base)) is not None]


def _fill_children(
    connection: sqlite3.Connection,
    parent: Select,
    nested: Nested,
    rows: list[Row],
    base: str,
) -> None:
    place = parent.node.id_column if parent.node else 0
    parents = json.dumps([row[place] for row in rows])
    inner = nested.select
    link = inner.columns.index(f'{inner.scope.table}."{nested.reference}"')
    inner.scope.params.clear()
    where = where_clause(inner.scope, inner.query)
    test = f"{inner.columns[link]} IN (SELECT value FROM json_each(?))"
    where = f"{where} AND {test}" if where else f" WHERE {test}"
    inner.scope.params.append(parents)
    found = _fetch_limited(connection, inner, where, link)
    records = _records(connection, inner, found, base)
    groups: dict[str, list[Record]] = {}
    for row, record in zip(found, records, strict=True):
        groups.setdefault(str(row[link]), []).append(record)
    nested.children.groups = {
        key: {"totalSize": len(group), "done": True, "records": group}
        for key, group in groups.items()
    }


def _fetch_limited(
    connection: sqlite3.Connection, inner: Select, where: str, link: int
) -> list[Row]:
    order = order_clause(inner)
    if inner.query.limit is None and not inner.query.offset:
        return _fetch(connection, inner, where + order)
    names = ", ".join(f"{sql} AS c{place}" for place, sql in enumerate(inner.columns))
    number = f"ROW_NUMBER() OVER (PARTITION BY {inner.columns[link]}{order})"
    wanted = ", ".join(f"c{place}" for place in range(len(inner.columns)))
    first = inner.query.offset or 0
    last = first + (inner.query.limit if inner.query.limit is not None else 2**31)
    sql = (
        f"SELECT {wanted} FROM (SELECT {names}, {number} AS rank FROM {inner.scope.source()}"
        f"{where}) WHERE rank > {first} AND rank <= {last} ORDER BY rank"
    )
    return connection.execute(sql, inner.scope.params).fetchall()
