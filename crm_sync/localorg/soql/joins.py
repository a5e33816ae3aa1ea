"""What the platform allows of sub-selects that test for membership."""

from collections.abc import Iterator

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import SObject
from crm_sync.localorg.soql.nodes import Both, Condition, Expression, Not, Path, Query, Semi
from crm_sync.localorg.soql.scope import Environment, Resolved, Scope

MOST = 2
NESTED = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested "
    "WHERE expressions."
)
IDS = frozenset(("id", "reference"))


def semi_joins(node: Condition | None) -> Iterator[Semi]:
    """Yield every membership test below a condition."""
    if isinstance(node, Both):
        for part in node.parts:
            yield from semi_joins(part)
    elif isinstance(node, Not):
        yield from semi_joins(node.inner)
    elif isinstance(node, Semi):
        yield node


def _misplaced(node: Condition | None, word: str = "") -> tuple[Semi, str] | None:
    """Return a membership test that stands under OR or NOT, with that word."""
    if isinstance(node, Semi):
        return (node, word) if word else None
    if isinstance(node, Not):
        return _misplaced(node.inner, word or "NOT")
    if isinstance(node, Both):
        below = word or ("OR" if node.word == "OR" else "")
        found = (_misplaced(part, below) for part in node.parts)
        return next((each for each in found if each is not None), None)
    return None


def check_places(env: Environment, where: Condition | None) -> None:
    """Refuse membership tests that are too many, or not joined by AND."""
    found = list(semi_joins(where))
    if len(found) > MOST:
        message = f"Maximum {MOST} semi join sub-selects are allowed"
        raise env.refuse("MALFORMED_QUERY", found[MOST].query.source_at, message)
    wrong = _misplaced(where)
    if wrong is not None:
        message = f"Semi join sub-selects are not allowed with the '{wrong[1]}' operator"
        if isinstance(where, Both) and where.word == "AND" and wrong[1] == "OR":
            message = NESTED
        raise env.refuse("MALFORMED_QUERY", wrong[0].query.source_at, message)


def _refuse(env: Environment, query: Query, message: str) -> SalesforceError:
    return env.refuse("MALFORMED_QUERY", query.source_at, message)


def selected(env: Environment, query: Query) -> Path:
    """Return the one field that a sub-select may have."""
    what = query.columns[0].what
    if len(query.columns) != 1 or not isinstance(what, Path):
        raise _refuse(env, query, "A semi join sub-select must select exactly one field")
    if next(semi_joins(query.where), None) is not None:
        raise _refuse(env, query, "Nesting of semi join sub-selects is not supported")
    if query.order or query.limit is not None or query.offset or query.group:
        message = "Semi join sub-selects do not support GROUP BY, ORDER BY, LIMIT and OFFSET"
        raise _refuse(env, query, message)
    return what


def _targets(found: Resolved, owner: SObject) -> set[str]:
    return {owner.name} if found.field.type == "id" else set(found.field.refers)


def check_sides(
    scope: Scope, left: tuple[Expression, Resolved], inner: Scope, right: tuple[Path, Resolved]
) -> None:
    """Refuse to compare anything but ids of the same kind of record."""
    env = scope.env
    for node, found, owner in ((*left, scope), (*right, inner)):
        direct = isinstance(node, Path) and len(owner.parts_of(node)) == 1
        if found.field.type not in IDS or not direct:
            name = ".".join(node.parts) if isinstance(node, Path) else node.name
            message = f"semi join sub selects can only query id fields, cannot use: '{name}'"
            raise env.refuse("MALFORMED_QUERY", node.at, message)
    if scope.owner.name == inner.owner.name:
        message = "The inner and outer selects should not be on the same object type"
        raise env.refuse("MALFORMED_QUERY", right[0].at, message)
    if not _targets(left[1], scope.owner) & _targets(right[1], inner.owner):
        message = (
            f"The selected field '{right[1].field.name}' in the subquery and the left operand "
            f"field '{left[1].field.name}' in the where expression in the outer query should "
            "point to the same object type"
        )
        raise env.refuse("MALFORMED_QUERY", right[0].at, message)
