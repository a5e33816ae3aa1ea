"""Compiling a parsed statement to SQL and to the shape of its records."""

from dataclasses import dataclass, field

from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.soql.filters import compile_compare
from crm_sync.localorg.soql.functions import is_aggregate, resolve_expression
from crm_sync.localorg.soql.nodes import (
    Both,
    Call,
    Condition,
    Not,
    Path,
    Query,
    Semi,
    Sort,
)
from crm_sync.localorg.soql.scope import Environment, Scope
from crm_sync.localorg.soql.shape import Children, Leaf, Node


@dataclass(slots=True)
class Select:
    """The pieces of one SQL statement while it grows."""

    scope: Scope
    query: Query
    columns: list[str] = field(default_factory=list)
    node: Node | None = None
    subqueries: list["Nested"] = field(default_factory=list)
    aggregated: bool = False
    leaves: list[Leaf] = field(default_factory=list)
    named: set[str] = field(default_factory=set)

    def column(self, sql: str) -> int:
        """Return the place of an expression among the selected columns."""
        if sql not in self.columns:
            self.columns.append(sql)
        return self.columns.index(sql)


@dataclass(slots=True)
class Nested:
    """A child subquery with the reference that ties it to its parent."""

    children: Children
    select: Select
    reference: str


def owner_of(env: Environment, query: Query) -> SObject:
    """Return the object that a statement reads."""
    owner = env.schema.find(query.source)
    if owner is None or owner.is_event:
        message = (
            f"sObject type '{query.source}' is not supported. If you are attempting to use a "
            "custom object, be sure to append the '__c' after the entity name. Please reference "
            "your WSDL or the describe call for the appropriate names."
        )
        raise env.refuse("INVALID_TYPE", query.source_at, message)
    return owner


def compile_condition(scope: Scope, node: Condition) -> str:
    """Return the SQL of a condition."""
    if isinstance(node, Both):
        parts = [compile_condition(scope, part) for part in node.parts]
        return "(" + f" {node.word} ".join(parts) + ")"
    if isinstance(node, Not):
        return f"NOT ({compile_condition(scope, node.inner)})"
    if isinstance(node, Semi):
        return _semi_join(scope, node)
    return compile_compare(scope, node)


def _has_semi(node: Condition | None) -> bool:
    if isinstance(node, Both):
        return any(_has_semi(part) for part in node.parts)
    return _has_semi(node.inner) if isinstance(node, Not) else isinstance(node, Semi)


def _semi_join(scope: Scope, node: Semi) -> str:
    left = resolve_expression(scope, node.left)
    env = scope.env
    inner = Scope(env, owner_of(env, node.query), node.query.alias)
    what = node.query.columns[0].what
    if len(node.query.columns) != 1 or not isinstance(what, Path):
        message = "A semi join sub-select must select exactly one field"
        raise env.refuse("MALFORMED_QUERY", node.query.source_at, message)
    if _has_semi(node.query.where):
        message = "Nested semi join sub-selects are not supported"
        raise env.refuse("MALFORMED_QUERY", node.query.source_at, message)
    column = inner.resolve(what).sql
    where = where_clause(inner, node.query)
    extra = f"{' AND ' if where else ' WHERE '}{column} IS NOT NULL"
    scope.params.extend(inner.params)
    test = f"{left.sql} IN (SELECT {column} FROM {inner.source()}{where}{extra})"
    return f"({left.sql} IS NULL OR NOT {test})" if node.negated else test


def where_clause(scope: Scope, query: Query) -> str:
    """Return the WHERE clause; deleted records stay hidden unless asked for."""
    tests = []
    if not (scope.env.all_rows or query.all_rows):
        tests.append(f"{scope.table}.IsDeleted = 0")
    if query.where is not None:
        tests.append(compile_condition(scope, query.where))
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def _sort_key(select: Select, key: Sort) -> str:
    by = key.by
    names = {leaf.name.lower(): leaf.column for leaf in select.leaves}
    if select.aggregated and isinstance(by, Path) and by.parts[-1].lower() in names:
        sql = select.columns[names[by.parts[-1].lower()]]
    else:
        resolved = resolve_expression(select.scope, by)
        sql = resolved.sql
        if resolved.field.name in {"Id", "SystemModstamp"} and key.nulls_last is None:
            return f"{sql}{' DESC' if key.descending else ''}"
    if key.nulls_last:
        return f"{sql}{' DESC' if key.descending else ''} NULLS LAST"
    return f"{sql} DESC NULLS FIRST" if key.descending else sql


def order_clause(select: Select) -> str:
    """Return the ORDER BY clause; records that nobody sorts come as they were made."""
    keys = [_sort_key(select, key) for key in select.query.order]
    if not keys and not select.aggregated:
        keys = [f"{select.scope.table}.Id"]
    return f" ORDER BY {', '.join(keys)}" if keys else ""


def group_clause(select: Select) -> str:
    """Return the GROUP BY and HAVING clauses; ungrouped fields are refused."""
    scope, query = select.scope, select.query
    grouped = [resolve_expression(scope, each).sql for each in query.group]
    if select.aggregated:
        check_grouped(select, set(grouped))
    clause = f" GROUP BY {', '.join(grouped)}" if grouped else ""
    if query.having is not None:
        clause += f" HAVING {compile_condition(scope, query.having)}"
    return clause


def check_grouped(select: Select, grouped: set[str]) -> None:
    """Refuse a column that is neither grouped nor summed up."""
    for column in select.query.columns:
        what = column.what
        if not isinstance(what, Path | Call) or is_aggregate(what):
            continue
        if resolve_expression(select.scope, what).sql not in grouped:
            name = ".".join(what.parts) if isinstance(what, Path) else what.name
            message = f"Field must be grouped or aggregated: {name}"
            raise select.scope.env.refuse("MALFORMED_QUERY", what.at, message)
