"""GROUP BY ROLLUP and CUBE: one SELECT for each set of groups, joined and sorted together."""

from itertools import combinations

from crm_sync.localorg.soql.compiler import (
    Select,
    check_grouped,
    compile_condition,
    grouped_by,
)
from crm_sync.localorg.soql.functions import grouping_mark, resolve_expression

MOST_FIELDS = 3


def _sets(names: list[str], kind: str) -> list[tuple[str, ...]]:
    if kind == "ROLLUP":
        return [tuple(names[:size]) for size in range(len(names), -1, -1)]
    return [each for size in range(len(names), -1, -1) for each in combinations(names, size)]


def _marked(sql: str, names: list[str], kept: tuple[str, ...]) -> str:
    """Return an expression that knows what one set does not group."""
    for name in names:
        sql = sql.replace(grouping_mark(name), "0" if name in kept else "1")
    return sql


def _part(sql: str, names: list[str], kept: tuple[str, ...]) -> str:
    """Return a column as it is in one set: what is not grouped there is empty."""
    return "NULL" if sql in names and sql not in kept else _marked(sql, names, kept)


def _order(select: Select, names: list[str]) -> str:
    keys = []
    for key in select.query.order:
        aliases = {leaf.name.lower(): leaf.column for leaf in select.leaves}
        parts = getattr(key.by, "parts", ("",))
        place = aliases.get(parts[-1].lower())
        if place is None:
            place = select.column(resolve_expression(select.scope, key.by).sql)
        nulls = "LAST" if key.nulls_last else "FIRST"
        keys.append(f"c{place}{' DESC' if key.descending else ''} NULLS {nulls}")
    for name in names if not keys else ():
        keys += [f"c{select.column(grouping_mark(name))}", f"c{select.column(name)}"]
    return ", ".join(keys)


def statement(select: Select, where: str) -> tuple[str, list[object]]:
    """Return the SQL of all sets together, and its parameters."""
    scope, query = select.scope, select.query
    names = grouped_by(select)
    if len(names) > MOST_FIELDS:
        message = f"At most {MOST_FIELDS} fields can be used in GROUP BY {query.subtotals}"
        raise scope.env.refuse("MALFORMED_QUERY", query.group[MOST_FIELDS].at, message)
    check_grouped(select, set(names))
    having = f" HAVING {compile_condition(scope, query.having)}" if query.having else ""
    order = _order(select, names)
    parts = []
    for kept in _sets(names, query.subtotals):
        columns = ", ".join(
            f"{_part(sql, names, kept)} AS c{place}" for place, sql in enumerate(select.columns)
        )
        # Grouped by nothing, a grand total over no rows is no row, as it is for the groups.
        group = f" GROUP BY {', '.join(kept) or 'NULL'}{_marked(having, names, kept)}"
        parts.append(f"SELECT {columns} FROM {scope.source()}{where}{group}")
    sql = f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY {order}"
    return sql, scope.params * len(parts)
