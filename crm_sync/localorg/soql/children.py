"""Records of child subqueries: fetched for a whole page of parents at once."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from crm_sync.localorg.soql.compiler import Nested, Select, order_clause, where_clause
from crm_sync.localorg.soql.cursors import packed
from crm_sync.localorg.soql.shape import Record, Row

Keep = Callable[[str, bytes, int], str]


@dataclass(frozen=True, slots=True)
class Answering:
    """How the records of an answer are written."""

    connection: sqlite3.Connection
    base: str
    size: int
    keep: Keep


def records(answering: Answering, select: Select, rows: list[Row]) -> list[Record]:
    """Return the records of some rows, with what is nested in them."""
    for nested in select.subqueries:
        _fill(answering, select, nested, rows)
    node = select.node
    if node is None:
        return []
    base = answering.base
    return [record for row in rows if (record := node.read(row, base)) is not None]


def _fill(answering: Answering, parent: Select, nested: Nested, rows: list[Row]) -> None:
    place = parent.node.id_column if parent.node else 0
    parents = json.dumps([row[place] for row in rows])
    inner = nested.select
    link = inner.columns.index(f'{inner.scope.table}."{nested.reference}"')
    inner.scope.params.clear()
    where = where_clause(inner.scope, inner.query)
    test = f"{inner.columns[link]} IN (SELECT value FROM json_each(?))"
    where = f"{where} AND {test}" if where else f" WHERE {test}"
    inner.scope.params.append(parents)
    groups: dict[str, list[Row]] = {}
    for row in _fetch(answering.connection, inner, where, link):
        groups.setdefault(str(row[link]), []).append(row)
    # A parent counts as one of the records that fit into a page.
    most = answering.size - 1
    shown = records(answering, inner, [row for group in groups.values() for row in group[:most]])
    written = iter(shown)
    nested.children.groups = {
        key: _result(answering, inner, group, [next(written) for _ in group[:most]])
        for key, group in groups.items()
    }


def _result(
    answering: Answering, inner: Select, group: list[Row], shown: list[Record]
) -> dict[str, object]:
    """Return the children of one parent; what does not fit has an address of its own."""
    answer: dict[str, object] = {"totalSize": len(group), "done": len(shown) == len(group)}
    if not answer["done"]:
        place = inner.node.id_column if inner.node else 0
        found = packed([row[place] for row in group])
        cursor = answering.keep(_standalone(inner), found, len(group))
        answer["nextRecordsUrl"] = f"{answering.base}/query/{cursor}-{len(shown)}"
    return {**answer, "records": shown}


def _standalone(inner: Select) -> str:
    """Return a subquery as a statement of its own."""
    query = inner.query
    first, behind, last = query.place
    head = query.text[first : query.source_at]
    return f"{head}{inner.scope.owner.name} {query.text[behind:last]}".rstrip()


def _fetch(connection: sqlite3.Connection, inner: Select, where: str, link: int) -> list[Row]:
    order = order_clause(inner)
    if inner.query.limit is None and not inner.query.offset:
        columns = ", ".join(inner.columns)
        sql = f"SELECT {columns} FROM {inner.scope.source()}{where}{order}"
        return connection.execute(sql, inner.scope.params).fetchall()
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
