"""Keeping search documents as the goods are."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from shop.engagement.search import documents, figures, popularity, vocabulary
from shop.engagement.search.documents import Term
from shop.engagement.search.models import (
    FacetRow,
    FacetTerm,
    SearchDocument,
    SearchWords,
    SkuRow,
    StaleDocument,
    VocabularyWord,
)
from shop.engagement.search.sources import Source, read
from shop.goods.catalog.models import Product

AT_ONCE = 500
# Found by counting what was bought, not by looking at the product.
KEPT = {"product", "popularity"}


def mark_stale(*, product_ids: Iterable[int]) -> None:
    """Note that products must be indexed again, in the transaction that changed them."""
    StaleDocument.objects.bulk_create(
        [StaleDocument(product_id=pk) for pk in sorted(set(product_ids))], batch_size=1000
    )


@transaction.atomic
def index_stale(*, now: datetime, limit: int = AT_ONCE) -> int:
    """Index products that were marked, oldest mark first; answers how many."""
    return _index_marked(StaleDocument.objects.order_by("pk")[:limit], now)


@transaction.atomic
def index_marked(*, product_ids: Collection[int], now: datetime) -> int:
    """Index some products, if nobody has done so since they were marked."""
    return _index_marked(StaleDocument.objects.filter(product_id__in=product_ids), now)


def _index_marked(marks: QuerySet[StaleDocument], now: datetime) -> int:
    rows = list(marks.select_for_update(skip_locked=True).values_list("pk", "product_id"))
    if not rows:
        return 0
    product_ids = {product_id for _, product_id in rows}
    index_products(product_ids=product_ids, now=now)
    StaleDocument.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    return len(product_ids)


def index_products(*, product_ids: Collection[int], now: datetime) -> int:
    """Write the documents of these products as they are now; answers how many."""
    ids = sorted(set(product_ids))
    for start in range(0, len(ids), AT_ONCE):
        _index(ids[start : start + AT_ONCE], now)
    return len(ids)


def rebuild(*, now: datetime) -> int:
    """Write every document again and forget words that no product has any more."""
    SearchDocument.objects.exclude(product__in=Product.objects.all()).delete()
    with transaction.atomic():
        VocabularyWord.objects.all().delete()
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True))
    count = index_products(product_ids=ids, now=now)
    FacetTerm.objects.filter(facet_rows__isnull=True).delete()
    popularity.count_again(now=now)
    figures.refresh()
    return count


def refresh_popularity(*, now: datetime) -> int:
    """Let lists sort by what has sold lately; answers how many products changed."""
    return popularity.count_again(now=now)


@transaction.atomic
def _index(product_ids: list[int], now: datetime) -> None:
    # Locked before the product is read, so that the last to read is the last to write.
    list(
        SearchDocument.objects.select_for_update()
        .filter(pk__in=product_ids)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    sources = read(product_ids, now=now)
    fields = SearchDocument._meta.concrete_fields
    columns = [field.name for field in fields if field.name not in KEPT]
    SearchDocument.objects.bulk_create(
        [documents.document(source) for source in sources],
        update_conflicts=True,
        unique_fields=["product"],
        update_fields=columns,
    )
    SearchWords.objects.bulk_create(
        [documents.document_words(source) for source in sources],
        update_conflicts=True,
        unique_fields=["document"],
        update_fields=["name_words", "other_words"],
    )
    _write_codes(sources)
    _write_facets(sources)
    vocabulary.learn({word for source in sources for word in documents.vocabulary(source)})


def _write_codes(sources: list[Source]) -> None:
    wanted = {(source.product.pk, code) for source in sources for code in documents.codes(source)}
    rows = SkuRow.objects.filter(document_id__in=[source.product.pk for source in sources])
    current = {
        (document, code): pk for pk, document, code in rows.values_list("pk", "document_id", "code")
    }
    gone = [pk for pair, pk in current.items() if pair not in wanted]
    if gone:
        SkuRow.objects.filter(pk__in=gone).delete()
    SkuRow.objects.bulk_create(
        [
            SkuRow(document_id=document, code=code)
            for document, code in sorted(wanted - set(current))
        ],
        batch_size=2000,
    )


def _write_facets(sources: list[Source]) -> None:
    by_product = {source.product.pk: documents.terms(source) for source in sources}
    term_ids = _term_ids(set().union(*by_product.values()))
    wanted = {
        (pk, term_ids[term.code, term.value]) for pk, terms in by_product.items() for term in terms
    }
    rows = FacetRow.objects.filter(document_id__in=by_product)
    current = {
        (document, term): pk
        for pk, document, term in rows.values_list("pk", "document_id", "term_id")
    }
    gone = [pk for pair, pk in current.items() if pair not in wanted]
    if gone:
        FacetRow.objects.filter(pk__in=gone).delete()
    FacetRow.objects.bulk_create(
        [FacetRow(document_id=pk, term_id=term) for pk, term in sorted(wanted - set(current))],
        batch_size=2000,
        ignore_conflicts=True,
    )


def _term_ids(terms: set[Term]) -> dict[tuple[str, str], int]:
    """The dictionary's number of each term; new ones are added and labels kept right."""
    if not terms:
        return {}
    unique = {(term.code, term.value): term for term in sorted(terms, key=repr)}
    known = {
        (row.code, row.value): row
        for row in FacetTerm.objects.filter(
            code__in={code for code, _ in unique}, value__in={value for _, value in unique}
        )
    }
    changed = [
        term.row()
        for pair, term in unique.items()
        if pair not in known or _shown(known[pair]) != _shown(term)
    ]
    if changed:
        FacetTerm.objects.bulk_create(
            changed,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["code", "value"],
            update_fields=["facet_label", "facet_position", "label", "position"],
        )
    rows = FacetTerm.objects.filter(code__in={row.code for row in changed}).values_list(
        "code", "value", "pk"
    )
    return {pair: row.pk for pair, row in known.items()} | {
        (code, value): pk for code, value, pk in rows
    }


def _shown(term: FacetTerm | Term) -> tuple[str, int, str, int]:
    return (term.facet_label, term.facet_position, term.label, term.position)
