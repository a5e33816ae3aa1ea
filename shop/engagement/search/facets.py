"""What can be narrowed further, with counts."""

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Min, Q, QuerySet

from shop.engagement.search.data import Facet, FacetValue
from shop.engagement.search.documents import CATEGORY
from shop.engagement.search.filters import Wanted, matching, named
from shop.engagement.search.models import FacetRow, FacetTerm

MOST_VALUES = 24
NUMBERS = re.compile(r"(\d+)")
CLOTHES_SIZES = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL")
Counted = dict[str, list[tuple[FacetTerm, int]]]


@dataclass(frozen=True)
class Summary:
    """How many products answer a question, and the counts of every facet."""

    total: int
    named_count: int
    in_stock_count: int
    price_low: Decimal | None
    price_high: Decimal | None
    facets: tuple[Facet, ...]


def _shown(counted: Counted, wanted: Wanted) -> tuple[Facet, ...]:
    """The facets as a page lists them: the applied values, then the most frequent ones."""
    facets = []
    for code, rows in counted.items():
        applied = set(wanted.query.applied.get(code, ()))
        rows = _below(rows, wanted.query.category_path) if code == CATEGORY else rows
        chosen = _most_useful(rows, applied)
        if len(chosen) > 1 or applied or (chosen and code == CATEGORY):
            facets.append((chosen[0][0].facet_position, code, _facet(code, chosen, applied)))
    return tuple(facet for _, _, facet in sorted(facets, key=lambda row: row[:2]))


def count(wanted: Wanted) -> Summary:
    """How many products answer a question, and how many of them each filter would leave."""
    figures = matching(wanted).aggregate(
        total=Count("pk"),
        named_count=Count("pk", filter=named(wanted)),
        in_stock_count=Count("pk", filter=Q(is_in_stock=True)),
        price_low=Min("price_min"),
        price_high=Max("price_min"),
    )
    return Summary(**figures, facets=_shown(_counted(wanted), wanted))


def _counted(wanted: Wanted) -> Counted:
    """Documents of each term; a facet that is applied counts as if it were not."""
    open_codes = [code for code in wanted.terms if code != CATEGORY]
    parts = [_counts_of(matching(wanted)).exclude(term__code__in=open_codes)]
    parts += [
        _counts_of(matching(wanted, without=code)).filter(term__code=code) for code in open_codes
    ]
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    counts = dict(rows)
    applied = {pk for code in open_codes for pk in wanted.terms[code]}
    found: Counted = defaultdict(list)
    for term in FacetTerm.objects.filter(pk__in={*counts, *applied}).order_by("pk"):
        found[term.code].append((term, counts.get(term.pk, 0)))
    for code in open_codes:
        found[code] += _of_nobody(code, wanted, found[code])
    return dict(found)


def _of_nobody(
    code: str, wanted: Wanted, rows: list[tuple[FacetTerm, int]]
) -> list[tuple[FacetTerm, int]]:
    """Applied values that no product has: they stay in sight, so that they can be taken away."""
    known = {term.value for term, _count in rows}
    label = rows[0][0].facet_label if rows else code.replace("-", " ").capitalize()
    return [
        (FacetTerm(code=code, facet_label=label, value=value, label=value), 0)
        for value in wanted.query.applied.get(code, ())[:MOST_VALUES]
        if value not in known
    ]


def _counts_of(documents: "QuerySet") -> "QuerySet":  # type: ignore[type-arg]
    return (
        FacetRow.objects.filter(document_id__in=documents.order_by().values("pk"))
        .order_by()
        .values("term_id")
        .annotate(count=Count("pk"))
        .values_list("term_id", "count")
    )


def _below(rows: list[tuple[FacetTerm, int]], path: str) -> list[tuple[FacetTerm, int]]:
    """The categories directly below a path, or the top ones."""
    start = f"{path}/" if path else ""
    return [
        (term, count)
        for term, count in rows
        if term.value.startswith(start) and "/" not in term.value[len(start) :]
    ]


def _most_useful(
    rows: list[tuple[FacetTerm, int]], applied: set[str]
) -> list[tuple[FacetTerm, int]]:
    frequent = sorted(rows, key=lambda row: (row[0].value not in applied, -row[1], row[0].label))
    # Only an applied value may have no product left: it stands first, where it is seen.
    are_steps = all(_is_step(term.label) for term, _ in frequent[:MOST_VALUES])
    return sorted(
        frequent[:MOST_VALUES],
        key=lambda row: (
            row[1] > 0,
            row[0].position,
            0 if are_steps else -row[1],
            _reading_place(row[0].label),
        ),
    )


def _is_step(label: str) -> bool:
    """Whether a value is one of a row that people read from small to large."""
    return label[:1].isdigit() or label.upper() in CLOTHES_SIZES


def _reading_place(label: str) -> tuple[tuple[int, int, str], ...]:
    """8 before 10, S before M before L, and everything else by its letters."""
    if label.upper() in CLOTHES_SIZES:
        return ((0, CLOTHES_SIZES.index(label.upper()), ""),)
    parts = (part for part in NUMBERS.split(label) if part)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _facet(code: str, rows: list[tuple[FacetTerm, int]], applied: set[str]) -> Facet:
    return Facet(
        code=code,
        label=rows[0][0].facet_label,
        values=tuple(
            FacetValue(term.value, term.label, count, term.value in applied) for term, count in rows
        ),
    )
