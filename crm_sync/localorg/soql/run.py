"""Running a statement: pages, cursors and child records."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from crm_sync.localorg import clock
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.numbers import whole
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.soql import children, plan, subtotals
from crm_sync.localorg.soql.columns import compile_columns
from crm_sync.localorg.soql.compiler import (
    Select,
    group_clause,
    order_clause,
    where_clause,
)
from crm_sync.localorg.soql.cursors import ID_SIZE, Cursors, Kept, behind, packed, unpacked
from crm_sync.localorg.soql.nodes import Query
from crm_sync.localorg.soql.parser import parse
from crm_sync.localorg.soql.scope import Environment
from crm_sync.localorg.soql.shape import Leaf, Record, Row
from crm_sync.localorg.store.database import Store
from crm_sync.localorg.store.tables import quote

PAGE = 2000
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
    cursors: Cursors
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
            answering = self._answering(connection, base, PAGE, all_rows=False)
            return children.records(answering, select, _fetch(connection, select, rest))

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
        """Return the first page of a statement's result; the rest is looked up meanwhile."""
        select = self.compile(text, all_rows=all_rows)
        query = select.query
        where = where_clause(select.scope, query)
        with self.store.moment() as moment:
            connection = moment.connection
            if query.count_only:
                return Page(_count(connection, select, where), [])
            if select.aggregated:
                return _aggregate(connection, select, where)
            rest = where + group_clause(select) + order_clause(select)
            rows = _fetch(connection, select, rest + _limits(query, size + 1))
            answering = self._answering(connection, base, size, all_rows=all_rows)
            records = children.records(answering, select, rows[:size])
            if len(rows) <= size:
                return Page(len(rows), records)
            total = _count(connection, select, where)
            place = select.node.id_column if select.node else 0
            shown = packed([row[place] for row in rows[:size]])
            cursor = self.cursors.keep(text, shown, total, all_rows=all_rows, size=size)
            self.cursors.expect(cursor)
            sql, params = _ids_of(select, rest)
            moment.later(lambda there: self._complete(there, cursor, text, shown, sql, params))
        return Page(total, records, f"{cursor}-{size}")

    def _answering(
        self, connection: sqlite3.Connection, base: str, size: int, *, all_rows: bool
    ) -> children.Answering:
        def keep(text: str, found: bytes, total: int) -> str:
            return self.cursors.keep(text, found, total, all_rows=all_rows, size=size)

        return children.Answering(connection, base, size, keep)

    def _complete(
        self,
        connection: sqlite3.Connection,
        cursor: str,
        text: str,
        shown: bytes,
        sql: str,
        params: list[object],
    ) -> None:
        """Look up all records of a result of which the first page has been answered."""
        try:
            found = _joined_ids(connection, sql, params)
            self.cursors.complete(cursor, text, behind(shown, found))
        finally:
            self.cursors.give_up(cursor)

    @bounded()
    def freeze(self, text: str, *, all_rows: bool) -> tuple[str, int]:
        """Keep the ids of a whole result; return the cursor and their number."""
        select = self.compile(text, all_rows=all_rows)
        where = where_clause(select.scope, select.query)
        sql, params = _ids_of(select, where + order_clause(select))
        with self.store.read() as connection:
            found = _joined_ids(connection, sql, params)
        total = len(found) // ID_SIZE
        return self.cursors.keep(text, found, total, all_rows=all_rows, size=PAGE), total

    @bounded()
    def more(self, locator: str, *, base: str = "", size: int | None = None) -> Page:
        """Return the page that a locator points at."""
        cursor, _, start_text = locator.partition("-")
        start = whole(start_text, -1)
        with self.store.read() as connection:
            left = self.cursors.unfinished(connection, cursor)
            if left is not None:
                self._catch_up(connection, cursor, left)
            kept = self.cursors.find(connection, cursor, start, size)
            select = self.compile(kept.text, all_rows=kept.all_rows)
            rows = _fetch_ids(connection, select, unpacked(kept.ids))
            answering = self._answering(connection, base, kept.size, all_rows=kept.all_rows)
            records = children.records(answering, select, rows)
        end = start + kept.size
        return Page(kept.total, records, f"{cursor}-{end}" if end < kept.total else None)

    def _catch_up(self, connection: sqlite3.Connection, cursor: str, left: Kept) -> None:
        """Look up what the process did not get to before it was stopped."""
        select = self.compile(left.text, all_rows=left.all_rows)
        where = where_clause(select.scope, select.query)
        sql, params = _ids_of(select, where + order_clause(select))
        self._complete(connection, cursor, left.text, left.ids, sql, params)


def _limits(query: Query, most: int | None) -> str:
    limit = query.limit if most is None else min(query.limit or most, most)
    if query.limit == 0:
        limit = 0
    clause = f" LIMIT {limit}" if limit is not None else ""
    if query.offset:
        clause = (clause or " LIMIT -1") + f" OFFSET {query.offset}"
    return clause


def _count(connection: sqlite3.Connection, select: Select, where: str) -> int:
    source = f"{select.scope.source()}{where}"
    limits = _limits(select.query, None)
    sql = f"SELECT COUNT(*) FROM {source}"
    if limits:
        sql = f"SELECT COUNT(*) FROM (SELECT 1 FROM {source}{limits})"
    return int(connection.execute(sql, select.scope.params).fetchone()[0])


def _fetch(connection: sqlite3.Connection, select: Select, rest: str) -> list[Row]:
    sql = f"SELECT {', '.join(select.columns)} FROM {select.scope.source()}{rest}"
    return connection.execute(sql, select.scope.params).fetchall()


def _ids_of(select: Select, rest: str) -> tuple[str, list[object]]:
    """Return the SQL that looks up all ids of a result, and its parameters."""
    limits = _limits(select.query, None)
    sql = f"SELECT {select.scope.table}.Id AS id FROM {select.scope.source()}{rest}{limits}"
    return sql, list(select.scope.params)


def _joined_ids(connection: sqlite3.Connection, sql: str, params: list[object]) -> bytes:
    row = connection.execute(f"SELECT group_concat(id, '') FROM ({sql})", params).fetchone()
    return (row[0] or "").encode()


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
