"""Places in the category tree that an import gives to products."""

from shop.goods.catalog.bulk.batch import Batch
from shop.goods.catalog.models import ProductCategory


def write(batch: Batch) -> None:
    """Put each product where its row says; rows without a category leave places alone."""
    wanted: dict[tuple[int, int], None] = {}
    placed: dict[int, object] = {}
    for product, row in batch.products:
        categories = batch.places_of(row)
        if categories:
            placed[product.pk] = product
            wanted |= dict.fromkeys((product.pk, category.pk) for category in categories)
    current = {
        (product_id, category_id): pk
        for pk, product_id, category_id in ProductCategory.objects.filter(
            product_id__in=placed
        ).values_list("pk", "product_id", "category_id")
    }
    gone = [pk for pair, pk in current.items() if pair not in wanted]
    new = [pair for pair in wanted if pair not in current]
    ProductCategory.objects.filter(pk__in=gone).delete()
    ProductCategory.objects.bulk_create(
        [ProductCategory(product_id=product, category_id=category) for product, category in new],
        batch_size=2000,
    )
    moved = {product_id for product_id, _ in new}
    moved |= {pair[0] for pair, pk in current.items() if pair not in wanted}
    for product, _ in batch.products:
        if product.pk in moved:
            batch.touch(product)
