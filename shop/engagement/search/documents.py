"""Turning a product into its search document, its facets and its codes: pure functions."""

from dataclasses import dataclass

from shop.engagement.search import words
from shop.engagement.search.models import FacetTerm, SearchDocument, SearchWords
from shop.engagement.search.sources import Source, distinct, option_values
from shop.goods.catalog import rich_text, slugs
from shop.goods.catalog.models import Attribute, AttributeValue

MOST_BODY_WORDS = 150
CATEGORY, BRAND = "category", "brand"
# Facets are shown in this order: categories, brand, options such as size, then attributes.
OPTION_POSITION, ATTRIBUTE_POSITION = 10, 20
MOST_OPTION_LABELS = 12


@dataclass(frozen=True)
class Term:
    """A facet value that a document has."""

    code: str
    facet_label: str
    facet_position: int
    value: str
    label: str
    position: int = 0

    def row(self) -> FacetTerm:
        """The same as a row of the dictionary of terms."""
        return FacetTerm(
            code=self.code,
            facet_label=self.facet_label,
            facet_position=self.facet_position,
            value=self.value,
            label=self.label,
            position=self.position,
        )


def document(source: Source) -> SearchDocument:
    """The flat row that lists read."""
    product, image = source.product, source.image
    amounts = sorted(price.amount for price in source.prices)
    single = source.variants[0] if len(source.variants) == 1 else None
    cheapest = min(source.prices, key=lambda price: price.amount, default=None)
    return SearchDocument(
        product=product,
        product_key=product.key,
        name=product.name,
        slug=product.slug,
        brand=product.brand,
        short_description=product.short_description,
        price_min=amounts[0] if amounts else None,
        price_max=amounts[-1] if amounts else None,
        compare_at=cheapest.compare_at if cheapest else None,
        currency=cheapest.currency if cheapest else "",
        is_published=product.is_published,
        is_in_stock=source.is_in_stock,
        is_featured=product.is_featured,
        rating_average=product.rating_average,
        rating_count=product.rating_count,
        image_path=(image.file.name or "") if image else "",
        image_alt=image.alt if image else product.name,
        image_width=image.width if image else 0,
        image_height=image.height if image else 0,
        image_renditions=image.renditions if image else {},
        tint=image.tint if image else product.pk % 6 + 1,
        variant_count=len(source.variants),
        single_variant_id=single.pk if single else None,
        single_sku=single.sku if single else "",
        option_labels=_option_labels(source),
        published_at=product.published_at or product.created_at,
    )


def document_words(source: Source) -> SearchWords:
    """What a document is found by."""
    return SearchWords(
        document_id=source.product.pk,
        name_words=words.joined([source.product.name]),
        other_words=_other_words(source),
    )


def codes(source: Source) -> set[str]:
    """SKUs and barcodes in the spelling that is looked up."""
    texts = [code for variant in source.variants for code in (variant.sku, variant.barcode)]
    return {words.code(text) for text in texts} - {""}


def terms(source: Source) -> set[Term]:
    """The facet values of a product."""
    found = {
        Term(CATEGORY, "Category", 0, row.path, row.name, row.position)
        for row in source.categories
        if row.is_published
    }
    if source.product.brand:
        brand = source.product.brand
        found.add(Term(BRAND, "Brand", 1, brand, brand))
    for position, (name, values) in enumerate(option_values(source).items()):
        found |= {
            Term(_code(name), name[:120], OPTION_POSITION + position, value[:255], value[:255])
            for value in values
        }
    return found | {term for value in source.values if (term := _attribute_term(value))}


def vocabulary(source: Source) -> set[str]:
    """Words that a visitor may misspell."""
    texts = [source.product.name, source.product.brand, *(row.name for row in source.categories)]
    return {word for word in words.joined(texts).split() if len(word) > 2 and not word.isdigit()}


def _other_words(source: Source) -> str:
    product = source.product
    body = rich_text.plain_text(product.description)
    parts = distinct(
        [
            product.brand,
            *(row.name for row in source.categories),
            *(value.text for value in source.values),
            *(variant.sku for variant in source.variants),
            *(value for values in option_values(source).values() for value in values),
            product.short_description,
        ]
    )
    body_words = words.fold(body)[:MOST_BODY_WORDS]
    return " ".join(distinct([*words.joined(parts).split(), *body_words]))


def _option_labels(source: Source) -> list[str]:
    for values in option_values(source).values():
        return values[:MOST_OPTION_LABELS]
    return []


def _attribute_term(value: AttributeValue) -> Term | None:
    attribute = value.attribute
    label = value.text[:200]
    if not label:
        return None
    shown = f"{label} {attribute.unit}" if attribute.unit else label
    if attribute.kind == Attribute.Kind.NUMBER and value.number is not None:
        position = max(int(value.number), 0) % 2_000_000_000
    else:
        position = value.choice.position if value.choice else 0
    return Term(
        code=_code(attribute.code),
        facet_label=attribute.name,
        facet_position=ATTRIBUTE_POSITION + attribute.position,
        value=label,
        label=shown,
        position=position,
    )


def _code(name: str) -> str:
    code = slugs.slugify(name)[:70] or "option"
    # What a product is and where it lies have their own facets.
    return f"{code}-option" if code in {BRAND, CATEGORY} else code
