"""The select list: leaves, parents, FIELDS(), TYPEOF and child subqueries."""

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.soql.compiler import Nested, Select, scope_of
from crm_sync.localorg.soql.functions import DATE_PARTS, is_aggregate, resolve_expression
from crm_sync.localorg.soql.nodes import Call, Column, Path, Query, TypeOf
from crm_sync.localorg.soql.scope import Environment, Resolved, Scope
from crm_sync.localorg.soql.shape import (
    ADDRESS_PARTS,
    Address,
    Blob,
    Children,
    Leaf,
    Node,
    Polymorphic,
)
from crm_sync.localorg.store.tables import quote

MAX_SUBQUERIES = 20
MAX_LEVELS = 5
MAX_FIELDS_ALL = 200


def compile_columns(env: Environment, query: Query) -> Select:
    """Return a SELECT with its columns and the shape of its records."""
    scope = scope_of(env, query)
    select = Select(scope, query)
    select.aggregated = bool(query.group) or any(is_aggregate(one.what) for one in query.columns)
    scope.sums, scope.subtotals = select.aggregated, bool(query.subtotals)
    if not select.aggregated:
        select.node = Node(scope.owner, select.column(f"{scope.table}.Id"))
    for column in query.columns:
        _add(select, column)
    if len(select.subqueries) > MAX_SUBQUERIES:
        raise env.refuse("MALFORMED_QUERY", query.source_at, "Too many sub-selects")
    if select.aggregated:
        _check_summed(select)
    return select


def _check_summed(select: Select) -> None:
    """COUNT() stands alone, and a total over everything is one row: it has no limit, no order."""
    env, query = select.scope.env, select.query
    for column in query.columns:
        what = column.what
        if isinstance(what, Call) and what.name == "COUNT" and what.argument is None:
            if not query.count_only:
                message = "COUNT() must be the only element in the SELECT list"
                raise env.refuse("MALFORMED_QUERY", what.at, message)
            if query.order:
                message = "COUNT() cannot be used with an ORDER BY clause"
                raise env.refuse("MALFORMED_QUERY", what.at, message)
    if query.limit is not None and not query.group and not query.count_only:
        message = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
        raise env.refuse("MALFORMED_QUERY", query.source_at, message)


def _add(select: Select, column: Column) -> None:
    what = column.what
    if isinstance(what, Query):
        _add_subquery(select, what)
    elif isinstance(what, TypeOf):
        _add_type_of(select, what)
    elif isinstance(what, Call) and what.name == "FIELDS":
        _add_fields(select, what)
    elif select.aggregated:
        _add_aggregate(select, column, what)
    elif isinstance(what, Path):
        _check_plain(select, column, what)
        add_path(select, select.scope, _node(select), what)
    else:
        _add_function(select, column, what)


def _check_plain(select: Select, column: Column, path: Path) -> None:
    """A field has no alias outside of groups, and is selected once."""
    env = select.scope.env
    if column.alias:
        message = "only aggregate expressions use field aliasing"
        raise env.refuse("MALFORMED_QUERY", path.at, message)
    parts = select.scope.parts_of(path)
    name = ".".join(parts).lower()
    if name in select.named:
        raise SalesforceError("INVALID_FIELD", f"duplicate field selected: {parts[-1]}")
    select.named.add(name)


def _add_function(select: Select, column: Column, call: Call) -> None:
    if call.name in DATE_PARTS or call.name == "DAY_ONLY":
        message = f"Date function {call.name} needs a GROUP BY clause"
        raise select.scope.env.refuse("MALFORMED_QUERY", call.at, message)
    resolved = resolve_expression(select.scope, call)
    node = _node(select)
    path = _innermost(call)
    name = column.alias
    if not name and path is not None and call.name != "DISTANCE":
        _check_plain(select, column, path)
        node = _parents(select, select.scope, node, path)
        name = resolved.field.name
    if not name:
        taken = sum(1 for item in node.items if getattr(item, "name", "").startswith("expr"))
        name = f"expr{taken}"
    node.items.append(Leaf(name, select.column(resolved.sql), resolved.field.type))


def _innermost(call: Call) -> Path | None:
    argument = call.argument
    return _innermost(argument) if isinstance(argument, Call) else argument


def _node(select: Select) -> Node:
    if select.node is None:
        at = select.query.source_at
        message = "Grouped query cannot select anything but groups and sums"
        raise select.scope.env.refuse("MALFORMED_QUERY", at, message)
    return select.node


def _add_aggregate(select: Select, column: Column, what: Path | Call) -> None:
    resolved = resolve_expression(select.scope, what)
    name = column.alias
    if not name and isinstance(what, Path):
        name = resolved.field.name
    if not name:
        taken = sum(1 for leaf in select.leaves if leaf.name.startswith("expr"))
        name = f"expr{taken}"
    if any(leaf.name.lower() == name.lower() for leaf in select.leaves):
        message = f"duplicate alias: {name}"
        raise select.scope.env.refuse("MALFORMED_QUERY", what.at, message)
    place = len(select.columns)
    select.columns.append(resolved.sql)
    select.leaves.append(Leaf(name, place, resolved.field.type))


def add_path(select: Select, scope: Scope, node: Node, path: Path) -> None:
    """Add a field, perhaps of a parent, to the shape of a record."""
    _add_leaf(select, _parents(select, scope, node, path), scope.resolve(path))


def _parents(select: Select, scope: Scope, node: Node, path: Path) -> Node:
    """Return the node of the parent that a path leads to."""
    parts = scope.parts_of(path)
    owner, alias = scope.owner, scope.table
    for depth, step in enumerate(parts[:-1]):
        reference = scope.relationship(owner, step, path.at)
        inner = node.parent(reference.relationship)
        target = None if len(reference.refers) > 1 else scope.env.schema.find(reference.refers[0])
        if inner is None:
            column = f"{alias}.{quote(reference.name)}"
            if target is not None:
                column = scope.resolve(Path((*parts[: depth + 1], "Id"), path.at)).sql
            kinds = {each.prefix: each.name for each in scope.env.schema.objects.values()}
            inner = Node(target, select.column(column), kinds=kinds if target is None else {})
            node.items.append((reference.relationship, inner))
        node = inner
        if target is None:
            break
        owner = target
        alias = scope.resolve(Path((*parts[: depth + 1], "Id"), path.at)).sql.split(".")[0]
    return node


def compound_parts(field: Field) -> dict[str, str]:
    """Return the fields of which an address or a place is put together."""
    if field.type == "location":
        stem = field.name.removesuffix("__c")
        return {part.lower(): f"{stem}__{part}__s" for part in ("Latitude", "Longitude")}
    stem = field.name.removesuffix("Address")
    return {key: stem + part for key, part in ADDRESS_PARTS.items()}


def _add_leaf(select: Select, node: Node, resolved: Resolved) -> None:
    field = resolved.field
    if any(
        isinstance(item, Leaf | Address | Blob) and item.name == field.name for item in node.items
    ):
        return
    if field.is_binary:
        node.items.append(Blob(field.name, select.column(resolved.sql), resolved.owner.name))
        return
    if field.type not in {"address", "location"}:
        node.items.append(Leaf(field.name, select.column(resolved.sql), field.type))
        return
    alias = resolved.sql.split(".")[0]
    columns = {}
    for key, name in compound_parts(field).items():
        found = resolved.owner.find(name)
        sql = f"{alias}.{quote(found.name)}" if found is not None else "NULL"
        columns[key] = select.column(sql)
    node.items.append(Address(field.name, columns))


def _wanted(field: Field, which: str) -> bool:
    return which == "ALL" or field.custom == (which == "CUSTOM")


def _add_fields(select: Select, call: Call) -> None:
    which = call.argument.parts[0].upper() if isinstance(call.argument, Path) else ""
    env = select.scope.env
    if which not in {"ALL", "STANDARD", "CUSTOM"}:
        raise env.refuse("MALFORMED_QUERY", call.at, f"unexpected token: '{which}'")
    limit = select.query.limit
    if which != "STANDARD" and (limit is None or limit > MAX_FIELDS_ALL):
        message = "The SOQL FIELDS function must have a LIMIT of at most 200"
        raise env.refuse("MALFORMED_QUERY", call.at, message)
    for field in select.scope.owner.fields.values():
        if _wanted(field, which):
            path = Path((field.name,), call.at)
            _check_plain(select, Column(path), path)
            _add_leaf(select, _node(select), select.scope.resolve(path))


def _joined(select: Select, target: SObject, column: str, paths: tuple[Path, ...]) -> Node:
    """Return the record of one of the types that a reference may lead to."""
    outer = select.scope
    inner = Scope(outer.env, target)
    test = f"{inner.table}.Id = {column}"
    outer.join_sql.append(f"LEFT JOIN {quote(target.name)} AS {inner.table} ON {test}")
    node = Node(target, select.column(f"{inner.table}.Id"))
    for path in paths:
        add_path(select, inner, node, path)
    outer.join_sql.extend(inner.join_sql)
    return node


def _add_type_of(select: Select, what: TypeOf) -> None:
    scope = select.scope
    reference = scope.relationship(scope.owner, what.relation, what.at)
    column = f"{scope.table}.{quote(reference.name)}"
    id_column = select.column(column)
    choices = {}
    for kind, paths in what.cases:
        target = scope.env.schema.find(kind)
        if target is None or target.name not in reference.refers:
            message = f"{kind} is not a type of {what.relation}"
            raise scope.env.refuse("INVALID_TYPE", what.at, message)
        node = _joined(select, target, column, paths)
        choices[target.prefix] = node
    _node(select).items.append(
        Polymorphic(
            reference.relationship,
            id_column,
            choices,
            _otherwise(select, what, id_column),
        )
    )


def _otherwise(select: Select, what: TypeOf, id_column: int) -> Node | None:
    if not what.otherwise:
        return None
    kinds = {each.prefix: each.name for each in select.scope.env.schema.objects.values()}
    node = Node(None, id_column, kinds=kinds)
    for path in what.otherwise:
        resolved = select.scope.resolve(Path((what.relation, *path.parts), path.at))
        _add_leaf(select, node, resolved)
    return node


def _add_subquery(select: Select, inner: Query) -> None:
    scope = select.scope
    name = inner.source.rpartition(".")[2]
    relation = next(
        (one for one in scope.owner.children if one.name.lower() == name.lower() and one.name),
        None,
    )
    if relation is None:
        message = (
            f"Didn't understand relationship '{inner.source}' in FROM part of query call. If you "
            "are attempting to use a custom relationship, be sure to append the '__r' after the "
            "custom relationship name. Please reference your WSDL or the describe call for the "
            "appropriate names."
        )
        raise scope.env.refuse("INVALID_TYPE", inner.source_at, message)
    if inner.offset and select.query.limit != 1:
        message = "A subquery can use OFFSET only if the parent query has a LIMIT 1 clause"
        raise scope.env.refuse("MALFORMED_QUERY", inner.source_at, message)
    inner.source = relation.child
    scope.env.level += 1
    if scope.env.level > MAX_LEVELS:
        message = f"A query can have up to {MAX_LEVELS} levels of parent-to-child relationships"
        raise scope.env.refuse("MALFORMED_QUERY", inner.source_at, message)
    compiled = compile_columns(scope.env, inner)
    scope.env.level -= 1
    if compiled.aggregated:
        message = "Only root queries support aggregate expressions"
        raise scope.env.refuse("MALFORMED_QUERY", inner.source_at, message)
    compiled.column(f"{compiled.scope.table}.{quote(relation.field)}")
    children = Children(relation.name, len(select.subqueries))
    _node(select).items.append(children)
    select.subqueries.append(Nested(children, compiled, relation.field))
