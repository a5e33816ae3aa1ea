"""Compiling a parsed statement to SQL and to the shape of its records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.soql import abilities, finding, joins
from crm_sync.localorg.soql.filters import collated, compile_compare
from crm_sync.localorg.soql.functions import GROUPING, is_aggregate, resolve_expression, sort_keys
from crm_sync.localorg.soql.nodes import (
    Both,
    Call,
    Condition,
    Expression,
    Not,
    Path,
    Query,
    Semi,
    Sort,
)
from crm_sync.localorg.soql.scope import Environment, Resolved, Scope, joined
from crm_sync.localorg.soql.shape import Blob, Children, Leaf, Node
from crm_sync.localorg.store.tables import quote

EVERYTHING = frozenset(("EVERYTHING", "SCOPINGRULE"))
OWN = frozenset(("MINE", "MINEANDMYGROUPS", "MINE_AND_MY_GROUPS", "ALLPRIVATE"))


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


def has_files(select: Select) -> bool:
    """Say whether a statement selects the bytes of files, its subqueries included."""
    inner = (nested.select for nested in select.subqueries)
    return (select.node is not None and select.node.has(Blob)) or any(map(has_files, inner))


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


def scope_of(env: Environment, query: Query) -> Scope:
    """Return an empty scope for the object that a statement reads."""
    return Scope(env, owner_of(env, query), query.alias, dict(query.aliases))


def compile_condition(scope: Scope, node: Condition) -> str:
    """Return the SQL of a condition."""
    if isinstance(node, Both):
        return joined(node.word, [compile_condition(scope, part) for part in node.parts])
    if isinstance(node, Not):
        return f"NOT ({compile_condition(scope, node.inner)})"
    if isinstance(node, Semi):
        return _semi_join(scope, node)
    return compile_compare(scope, node)


def _semi_join(scope: Scope, node: Semi) -> str:
    left = resolve_expression(scope, node.left)
    env = scope.env
    what = joins.selected(env, node.query)
    inner = scope_of(env, node.query)
    found = inner.resolve(what)
    joins.check_sides(scope, (node.left, left), inner, (what, found))
    where = where_clause(inner, node.query)
    extra = f"{' AND ' if where else ' WHERE '}{found.sql} IS NOT NULL"
    scope.params.extend(inner.params)
    test = f"{left.sql} IN (SELECT {found.sql} FROM {inner.source()}{where}{extra})"
    return f"({left.sql} IS NULL OR NOT {test})" if node.negated else test


def _is_owned(scope: Scope, name: str) -> str:
    """Return the test whether a record is inside the scope that a statement names."""
    owner = scope.owner.find("OwnerId")
    if name in EVERYTHING or owner is None:
        return ""
    if name not in OWN:
        return "0"
    return f"{scope.table}.{quote(owner.name)} = {scope.bind(scope.env.user_id)}"


def where_clause(scope: Scope, query: Query) -> str:
    """Return the WHERE clause; deleted records stay hidden unless asked for."""
    tests, sums, scope.sums = [], scope.sums, False
    if not (scope.env.all_rows or query.all_rows):
        tests.append(f"{scope.table}.IsDeleted = 0")
    owned = _is_owned(scope, query.scope) if query.scope else ""
    if owned:
        tests.append(owned)
    if query.where is not None:
        joins.check_places(scope.env, query.where)
        tests.append(compile_condition(scope, query.where))
    if query.search is not None:
        tests.append(finding.test(scope, *query.search))
    scope.sums = sums
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def _directed(sql: str, key: Sort) -> str:
    if key.nulls_last:
        return f"{sql}{' DESC' if key.descending else ''} NULLS LAST"
    return f"{sql} DESC NULLS FIRST" if key.descending else sql


def _sort_key(select: Select, key: Sort) -> str:
    by = key.by
    names = {leaf.name.lower(): leaf.column for leaf in select.leaves}
    if select.aggregated and isinstance(by, Path) and by.parts[-1].lower() in names:
        return _directed(select.columns[names[by.parts[-1].lower()]], key)
    found = resolve_expression(select.scope, by)
    abilities.check_sortable(select.scope, found, by.at)
    if found.field.name in {"Id", "SystemModstamp"} and key.nulls_last is None and not found.joined:
        return f"{found.sql}{' DESC' if key.descending else ''}"
    shown = Resolved(collated(found), found.field, found.owner, found.joined)
    return ", ".join(_directed(sql, key) for sql in sort_keys(shown))


def order_clause(select: Select) -> str:
    """Return the ORDER BY clause; records that nobody sorts come as they were made."""
    keys = [_sort_key(select, key) for key in select.query.order]
    if not keys and not select.aggregated:
        keys = [f"{select.scope.table}.Id"]
    return f" ORDER BY {', '.join(keys)}" if keys else ""


def grouped_by(select: Select) -> list[str]:
    """Return what a statement groups by; what cannot be grouped is refused."""
    scope, grouped = select.scope, []
    scope.sums = False
    for each in select.query.group:
        found = resolve_expression(scope, each)
        abilities.check_groupable(scope, found, each.at)
        grouped.append(found.sql)
    scope.sums = select.aggregated
    return grouped


def group_clause(select: Select) -> str:
    """Return the GROUP BY and HAVING clauses; ungrouped fields are refused."""
    scope, query = select.scope, select.query
    grouped = grouped_by(select)
    if select.aggregated:
        check_grouped(select, set(grouped))
    clause = f" GROUP BY {', '.join(grouped)}" if grouped else ""
    if query.having is not None:
        clause += f" HAVING {compile_condition(scope, query.having)}"
    return clause


def _expressions(node: Condition | None) -> Iterator[Expression]:
    """Yield what a condition compares."""
    if isinstance(node, Both):
        for part in node.parts:
            yield from _expressions(part)
    elif isinstance(node, Not):
        yield from _expressions(node.inner)
    elif node is not None:
        yield node.left


def check_grouped(select: Select, grouped: set[str]) -> None:
    """Refuse what is neither grouped nor summed up."""
    query = select.query
    named = {leaf.name.lower() for leaf in select.leaves}
    _check_each(select, grouped, "Field", [column.what for column in query.columns])
    by_name = [key.by for key in query.order if not _is_named(key.by, named)]
    _check_each(select, grouped, "Ordered field", by_name)
    _check_each(select, grouped, "Having field", list(_expressions(query.having)))


def _is_named(node: Expression, named: set[str]) -> bool:
    return isinstance(node, Path) and node.parts[-1].lower() in named


def _check_each(select: Select, grouped: set[str], what: str, nodes: Sequence[object]) -> None:
    for node in nodes:
        if isinstance(node, Call) and node.name == GROUPING and node.argument is not None:
            node = node.argument
        if not isinstance(node, Path | Call) or is_aggregate(node):
            continue
        if resolve_expression(select.scope, node).sql not in grouped:
            name = ".".join(node.parts) if isinstance(node, Path) else node.name
            message = f"{what} must be grouped or aggregated: {name}"
            raise select.scope.env.refuse("MALFORMED_QUERY", node.at, message)
