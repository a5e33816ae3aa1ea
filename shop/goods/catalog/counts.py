"""How many published products lie in a category and below it."""

from collections import defaultdict
from collections.abc import Collection

from shop.goods.catalog.models import Category, ProductCategory


def affected_paths(paths: Collection[str]) -> set[str]:
    """The categories whose counts depend on these ones: they and everything above them."""
    return {
        "/".join(parts[:end])
        for parts in (path.split("/") for path in paths)
        for end in range(1, len(parts) + 1)
    }


def refresh(paths: Collection[str] | None = None) -> None:
    """Count again for these categories and those above them, or for the whole tree."""
    categories = Category.objects.select_for_update().order_by("pk")
    if paths is not None:
        categories = categories.filter(path__in=affected_paths(paths))
    # The locks come first, so that two writers do not both count without the other's product.
    locked = list(categories)
    counted = _products_below({category.path.split("/")[0] for category in locked})
    changed = []
    for category in locked:
        count = len(counted[category.path])
        if count != category.product_count:
            category.product_count = count
            changed.append(category)
    if changed:
        Category.objects.bulk_update(changed, ["product_count"], batch_size=500)


def _products_below(roots: Collection[str]) -> dict[str, set[int]]:
    """The published products of each category in the trees below some top categories."""
    paths = {
        pk: path
        for pk, path in Category.objects.values_list("pk", "path")
        if path.split("/")[0] in roots
    }
    direct: dict[int, set[int]] = defaultdict(set)
    places = ProductCategory.objects.filter(product__is_published=True, category_id__in=paths)
    for category_id, product_id in places.values_list("category_id", "product_id").iterator():
        direct[category_id].add(product_id)
    products: dict[str, set[int]] = defaultdict(set)
    for category_id, found in direct.items():
        for above in affected_paths([paths[category_id]]):
            products[above] |= found
    return products
