"""What can be done with a field in a statement: filter, sort, group, sum up."""

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.schema.model import NUMBER_TYPES, Field
from crm_sync.localorg.soql.scope import Resolved, Scope

LONG_TEXT = 255
COMPOUND = frozenset(("address", "anyType", "location", "base64"))
UNSORTED = frozenset(("multipicklist", "encryptedstring"))
UNGROUPED = frozenset(("datetime", "time", "multipicklist", "encryptedstring", *NUMBER_TYPES))
UNCOUNTED = frozenset(("boolean", "multipicklist", "time", "encryptedstring"))


def is_whole(field: Field) -> bool:
    """Say whether a field is one short value, which can be compared."""
    is_long = field.type == "textarea" and field.length > LONG_TEXT
    return not is_long and field.type not in COMPOUND


def is_filterable(field: Field) -> bool:
    """Say whether a field may stand in WHERE."""
    return is_whole(field) and field.type != "encryptedstring"


def is_sortable(field: Field) -> bool:
    """Say whether a field may stand in ORDER BY."""
    return is_whole(field) and field.type not in UNSORTED


def is_groupable(field: Field) -> bool:
    """Say whether a field may stand in GROUP BY; what is worked out may not."""
    return is_whole(field) and field.type not in UNGROUPED and not field.formula


def is_aggregatable(field: Field) -> bool:
    """Say whether a field may be counted and compared over many records."""
    return is_whole(field) and field.type not in UNCOUNTED


def _refusal(scope: Scope, code: str, at: int, field: Field, done: str) -> SalesforceError:
    message = f"field '{field.name}' can not be {done} in a query call"
    return scope.env.refuse(code, at, message)


def check_filterable(scope: Scope, found: Resolved, at: int) -> None:
    """Refuse a condition on a field that cannot be filtered."""
    if not is_filterable(found.field):
        raise _refusal(scope, "INVALID_FIELD", at, found.field, "filtered")


def check_sortable(scope: Scope, found: Resolved, at: int) -> None:
    """Refuse to sort by a field that has no order."""
    if not is_sortable(found.field):
        raise _refusal(scope, "MALFORMED_QUERY", at, found.field, "sorted")


def check_groupable(scope: Scope, found: Resolved, at: int) -> None:
    """Refuse to group by a field that cannot be grouped."""
    if not is_groupable(found.field):
        raise _refusal(scope, "MALFORMED_QUERY", at, found.field, "grouped")
