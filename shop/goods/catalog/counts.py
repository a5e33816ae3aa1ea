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
    places = ProductCategory.objects.filter(product__is_published=True)
    if paths is not None:
        wanted = affected_paths(paths)
        if not wanted:
            return
        categories = categories.filter(path__in=wanted)
    # The locks come first, so that two writers do not both count without the other's product.
    locked = list(categories)
    if paths is not None:
        roots = {category.path.split("/")[0] for category in locked}
        subtree = [
            pk
            for pk, path in Category.objects.values_list("pk", "path")
            if path.split("/")[0] in roots
        ]
        places = places.filter(category_id__in=subtree)
    products: dict[str, set[int]] = defaultdict(set)
    for path, product_id in places.values_list("category__path", "product_id").iterator():
        for above in affected_paths([path]):
            products[above].add(product_id)
    changed = []
    for category in locked:
        count = len(products[category.path])
        if count != category.product_count:
            category.product_count = count
            changed.append(category)
    if changed:
        Category.objects.bulk_update(changed, ["product_count"], batch_size=500)
