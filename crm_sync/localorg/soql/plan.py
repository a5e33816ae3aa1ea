"""How a statement would be answered: through an index, or by reading every record."""

from collections.abc import Iterator
from dataclasses import dataclass

from crm_sync.localorg.schema.model import Field, SObject
from crm_sync.localorg.soql.nodes import Both, Compare, Condition, Path, Semi
from crm_sync.localorg.soql.scope import Scope

STANDARD = frozenset(("Id", "Name", "OwnerId", "CreatedDate", "SystemModstamp", "RecordTypeId"))
SELECTIVE = frozenset(("=", "<", "<=", ">", ">=", "IN"))
INDEX_SHARE = 0.3
SCAN_COST = 1.0
UNINDEXED = "Not considering filter for optimization because unindexed"


@dataclass(frozen=True, slots=True)
class Filtered:
    """A field that a statement filters by, and whether an index helps."""

    field: Field
    is_indexed: bool


def has_index(field: Field) -> bool:
    """Say whether the platform keeps an index of a field."""
    by_kind = field.type == "reference" or field.external_id or field.unique
    return field.name in STANDARD or by_kind


def _tests(node: Condition | None) -> Iterator[Compare | Semi]:
    """Yield the comparisons that must all hold."""
    if isinstance(node, Both) and node.word == "AND":
        for part in node.parts:
            yield from _tests(part)
    elif isinstance(node, Compare | Semi):
        yield node


def filtered(scope: Scope, where: Condition | None) -> list[Filtered]:
    """Return the fields of the object itself that narrow a statement down."""
    found = []
    for test in _tests(where):
        left = test.left
        if not isinstance(left, Path) or len(scope.parts_of(left)) > 1:
            continue
        field = scope.resolve(left).field
        operator = test.operator if isinstance(test, Compare) else "IN"
        is_null = isinstance(test, Compare) and any(one.kind == "null" for one in test.values)
        helps = operator in SELECTIVE and not is_null
        found.append(Filtered(field, has_index(field) and helps))
    return found


def _note(owner: SObject, fields: list[str]) -> dict[str, object]:
    return {"description": UNINDEXED, "fields": fields, "tableEnumOrId": owner.name}


def _plan(
    owner: SObject, kind: str, fields: list[str], counts: tuple[int, int]
) -> dict[str, object]:
    found, total = counts
    threshold = max(total * INDEX_SHARE, 1.0)
    cost = found / threshold if kind == "Index" else SCAN_COST + found / max(total, 1)
    return {
        "cardinality": found,
        "fields": fields,
        "leadingOperationType": kind,
        "notes": [],
        "relativeCost": round(cost, 3),
        "sobjectCardinality": total,
        "sobjectType": owner.name,
    }


def plans(scope: Scope, where: Condition | None, found: int, total: int) -> list[dict[str, object]]:
    """Return every way to answer, the cheapest first."""
    owner, tests = scope.owner, filtered(scope, where)
    scan = _plan(owner, "TableScan", [], (found, total))
    plain = [one.field.name for one in tests if not one.is_indexed]
    notes = [_note(owner, [name]) for name in ("IsDeleted", *dict.fromkeys(plain))]
    indexed = [
        _plan(owner, "Index", [name], (found, total))
        for name in dict.fromkeys(one.field.name for one in tests if one.is_indexed)
    ]
    answers = [{**one, "notes": notes} for one in (*indexed, scan)]
    return sorted(answers, key=lambda one: float(str(one["relativeCost"])))
