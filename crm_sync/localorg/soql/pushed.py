"""The statements of push topics: which are allowed, and which fields they speak of."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.soql.columns import compile_columns
from crm_sync.localorg.soql.compiler import Select, scope_of, where_clause
from crm_sync.localorg.soql.functions import is_aggregate
from crm_sync.localorg.soql.nodes import (
    Both,
    Compare,
    Condition,
    Not,
    Path,
    Query,
    Semi,
    TypeOf,
)
from crm_sync.localorg.soql.parser import parse
from crm_sync.localorg.soql.scope import Environment, Scope
from crm_sync.localorg.soql.shape import Record

STANDARD = frozenset(("Account", "Campaign", "Case", "Contact", "Lead", "Opportunity", "Task"))
AGGREGATES = "Aggregate queries are not supported"
RELATIONSHIPS = "relationships are not supported"


@dataclass(frozen=True, slots=True)
class Watched:
    """The object and the fields that a push topic is about."""

    owner: str
    selected: frozenset[str]
    tested: frozenset[str]


def _refused(message: str) -> SalesforceError:
    return SalesforceError("INVALID_FIELD", message)


def _tests(node: Condition | None) -> Iterator[Compare]:
    """Yield the comparisons of a condition; what is not allowed in it is refused."""
    if isinstance(node, Not):
        raise _refused("'NOT' is not supported")
    if isinstance(node, Semi):
        raise _refused("semi/anti join sub-selects are not supported")
    if isinstance(node, Both):
        for part in node.parts:
            yield from _tests(part)
    elif node is not None:
        yield node


def _check_clauses(query: Query) -> None:
    """Refuse what cannot be said of a single record."""
    what = [column.what for column in query.columns]
    refusals = (
        (bool(query.group) or any(is_aggregate(each) for each in what), AGGREGATES),
        (any(isinstance(each, TypeOf) for each in what), "'TYPEOF' clause is not allowed"),
        (any(isinstance(each, Query) for each in what), RELATIONSHIPS),
        (bool(query.order), "'ORDER BY' clause is not allowed"),
        (query.limit is not None, "'LIMIT' is not allowed"),
        (query.offset is not None, "'OFFSET' clause is not allowed"),
    )
    for applies, message in refusals:
        if applies:
            raise _refused(message)


def _names(scope: Scope, nodes: Iterable[object], *, tested: bool) -> frozenset[str]:
    """Return the fields that expressions name; each has to be one of the object's own."""
    found = set()
    for node in nodes:
        if not isinstance(node, Path):
            raise _refused(f"'{getattr(node, 'name', '')}' is not supported")
        parts = scope.parts_of(node)
        if len(parts) != 1:
            raise _refused(RELATIONSHIPS)
        field = scope.owner.find(parts[0])
        if field is None:
            raise scope.no_column(node.at, parts[0], scope.owner.name)
        if tested and (field.formula or field.type == "textarea"):
            raise _refused(f"field '{field.name}' can not be filtered in a query call")
        found.add(field.name)
    return frozenset(found)


def compiled(env: Environment) -> tuple[Select, str, Watched]:
    """Compile the statement of a push topic with its condition, or say why it cannot be one."""
    query = parse(env.text)
    _check_clauses(query)
    tests = list(_tests(query.where))
    scope = scope_of(env, query)
    owner = scope.owner
    if not owner.custom and owner.name not in STANDARD:
        message = f"sObject type '{owner.name}' is not supported."
        raise env.refuse("INVALID_TYPE", query.source_at, message)
    selected = _names(scope, [column.what for column in query.columns], tested=False)
    if "Id" not in selected:
        raise _refused("The Id field has to be in the select list")
    tested = _names(scope, [test.left for test in tests], tested=True)
    select = compile_columns(env, query)
    where = where_clause(select.scope, query)
    return select, where, Watched(owner.name, selected, tested)


def among(connection: sqlite3.Connection, env: Environment, wanted: list[str]) -> dict[str, Record]:
    """Return those of some records that a push topic's statement finds, by their ids."""
    select, where, _watched = compiled(env)
    test = f"{select.scope.table}.Id IN (SELECT value FROM json_each(?))"
    rest = f"{where} AND {test}" if where else f" WHERE {test}"
    sql = f"SELECT {', '.join(select.columns)} FROM {select.scope.source()}{rest}"
    rows = connection.execute(sql, [*select.scope.params, json.dumps(wanted)]).fetchall()
    found: dict[str, Record] = {}
    for row in rows:
        record = select.node.read(row, "") if select.node else None
        if record is not None:
            del record["attributes"]
            found[str(record["Id"])] = record
    return found
