"""What the platform does not let clients ask for without naming records."""

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.soql.nodes import Both, Compare, Condition, Path, Semi
from crm_sync.localorg.soql.parser import parse

LINKS = "contentdocumentlink"
NAMED = frozenset(("id", "contentdocumentid", "linkedentityid"))
MESSAGE = (
    "Implementation restriction: ContentDocumentLink requires a filter by a single Id on "
    "ContentDocumentId or LinkedEntityId using the equals operator or multiple Id's using the IN "
    "operator."
)


def _names_records(node: Condition | None) -> bool:
    """Say whether a condition holds for records that it names only."""
    if isinstance(node, Both):
        return node.word == "AND" and any(map(_names_records, node.parts))
    if isinstance(node, Compare):
        return node.operator in {"=", "IN"} and _is_named(node.left)
    return isinstance(node, Semi) and not node.negated and _is_named(node.left)


def _is_named(left: object) -> bool:
    return isinstance(left, Path) and left.parts[-1].lower() in NAMED


def check(text: str) -> None:
    """Refuse links of files that belong to no file and to no record in particular."""
    if LINKS not in text.lower():
        return
    query = parse(text)
    if query.source.lower() == LINKS and not _names_records(query.where):
        raise SalesforceError("MALFORMED_QUERY", MESSAGE)
