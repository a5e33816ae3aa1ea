"""Questions about the catalog."""

from collections.abc import Collection, Iterator

from django.db.models import Q, QuerySet

from shop.core.statements import Statement
from shop.goods.catalog.data import VariantFacts
from shop.goods.catalog.models import Category, OldAddress, Product, ProductImage, Variant
from shop.goods.catalog.tree_cache import CategoryNode, tree

__all__ = ["CategoryNode"]

DEEPEST = 30

PRODUCT_AT = Statement(
    lambda slug: Product.objects.filter(slug=slug).select_related(
        "primary_category", "tax_class", "product_type"
    )
)
VARIANTS = Statement(
    lambda pks: (
        Variant.objects.filter(pk__in=pks)
        .select_related("product__tax_class", "image")
        .order_by("pk")
    )
)
# Read backwards, so that the first picture is the one that stays.
PICTURES = Statement(
    lambda product_ids: ProductImage.objects.filter(product_id__in=product_ids).order_by(
        "-position", "-pk"
    )
)
ON_SALE_UNDER = Statement(
    lambda sku: _on_sale().filter(sku=sku).values_list("pk", flat=True),
)


def published_products() -> QuerySet[Product]:
    """The products that customers may see."""
    return Product.objects.filter(is_published=True)


def find_product_by_slug(slug: str) -> Product | None:
    """The product at an address, published or not: the door decides who may see it."""
    if not _is_text(slug):
        return None
    return PRODUCT_AT.one(slug=slug)


def find_category(path: str) -> Category | None:
    """The published category at a path, if all that lie above it are published too."""
    parts = path.strip("/").split("/")
    if len(parts) > DEEPEST or not _is_text(path):
        return None
    above = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    found = {row.path: row for row in Category.objects.filter(path__in=above)}
    if len(found) < len(above) or not all(row.is_published for row in found.values()):
        return None
    return found[above[-1]]


def find_hidden_category(path: str) -> Category | None:
    """The category at a path, published or not: for those who may see it before customers do."""
    return Category.objects.filter(path=path.strip("/")).first() if _is_text(path) else None


def product_ids_below(path: str, limit: int) -> list[int]:
    """Published products in a category and below it, by name."""
    below = Q(categories__path=path) | Q(categories__path__startswith=f"{path}/")
    found = published_products().filter(below).distinct().order_by("name", "pk")
    return list(found.values_list("pk", flat=True)[:limit])


def old_address_target(kind: str, slug: str) -> Product | Category | None:
    """Where an old address leads now: the product or category that once had it."""
    if not _is_text(slug):
        return None
    key = (
        OldAddress.objects.filter(kind=kind.upper(), slug=slug.strip("/"))
        .values_list("target_key", flat=True)
        .first()
    )
    if key is None:
        return None
    if kind.upper() == OldAddress.Kind.PRODUCT:
        return Product.objects.filter(key=key).first()
    return Category.objects.filter(key=key).first()


def category_tree() -> tuple[CategoryNode, ...]:
    """The published categories from the top, read at most every half minute."""
    return tree()


def breadcrumb(path: str) -> list[CategoryNode]:
    """The published categories from the top down to a path."""
    parts = path.split("/")
    wanted = {"/".join(parts[:end]) for end in range(1, len(parts) + 1)}
    return [node for node in walk(category_tree()) if node.path in wanted]


def find_node(path: str) -> CategoryNode | None:
    """The published category at a path, with what lies below it, from memory."""
    return next((node for node in walk(category_tree()) if node.path == path), None)


def walk(nodes: Collection[CategoryNode]) -> Iterator[CategoryNode]:
    """Every node of a tree, parents before children."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def variant_facts(
    variant_ids: Collection[int], *, with_pictures: bool = True
) -> dict[int, VariantFacts]:
    """What others must know of some variants, in two queries, or one without pictures."""
    variants = VARIANTS.all(pks=sorted(set(variant_ids)))
    if not variants:
        return {}
    product_ids = {variant.product_id for variant in variants if not variant.image}
    pictures = main_images(product_ids) if with_pictures and product_ids else {}
    return {
        variant.pk: _facts(variant, variant.image or pictures.get(variant.product_id))
        for variant in variants
    }


def main_images(product_ids: Collection[int]) -> dict[int, ProductImage]:
    """The first picture of each product."""
    rows = PICTURES.all(product_ids=sorted(set(product_ids)))
    return {row.product_id: row for row in rows}


def sellable_variant_id(sku: str) -> int | None:
    """The variant of a SKU, if it is active and its product is published."""
    return ON_SALE_UNDER.one(sku=sku) if sku else None


def is_sellable(variant_id: int) -> bool:
    """Whether a variant is active and its product is published."""
    return _on_sale().filter(pk=variant_id).exists()


def _on_sale() -> QuerySet[Variant]:
    return Variant.objects.filter(is_active=True, product__is_published=True)


def variant_ids_by_sku(skus: Collection[str]) -> dict[str, int]:
    """The variant of each SKU that is known."""
    return dict(Variant.objects.filter(sku__in=set(skus)).values_list("sku", "pk"))


def _is_text(typed: str) -> bool:
    """Whether a database can look for what stood in an address."""
    return "\0" not in typed


def _facts(variant: Variant, image: ProductImage | None) -> VariantFacts:
    product = variant.product
    return VariantFacts(
        variant_id=variant.pk,
        key=variant.key,
        sku=variant.sku,
        title=variant.title,
        product_id=product.pk,
        product_key=product.key,
        product_name=product.name,
        slug=product.slug,
        tax_class=product.tax_class.code,
        hsn_code=product.hsn_code,
        weight_grams=variant.weight_grams,
        is_sellable=variant.is_active and product.is_published,
        owner_id=product.owner_id,
        option_values=variant.option_values,
        image_path=(image.file.name or "") if image else "",
        image_alt=image.alt if image else product.name,
        image_width=image.width if image else 0,
        image_height=image.height if image else 0,
        image_renditions=image.renditions if image else {},
        tint=image.tint if image else 1,
    )
