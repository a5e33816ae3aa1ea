"""What one batch of an import knows while it is written."""

from dataclasses import dataclass, field
from datetime import datetime

from shop.goods.catalog.data import ProductData
from shop.goods.catalog.models import Category, Product, TaxClass


@dataclass
class Batch:
    """The rows of a batch with the products they became."""

    now: datetime
    tax_classes: dict[str, TaxClass]
    categories: dict[str, Category]
    products: list[tuple[Product, ProductData]] = field(default_factory=list)
    created: set[int] = field(default_factory=set)
    updated: set[int] = field(default_factory=set)
    created_variants: set[int] = field(default_factory=set)
    updated_variants: set[int] = field(default_factory=set)

    def touch(self, product: Product) -> None:
        """Note that something about a product changed, if it is not a new one."""
        if product.pk not in self.created:
            self.updated.add(product.pk)

    def places_of(self, data: ProductData) -> list[Category]:
        """The categories that a row names."""
        return [self.categories[path] for path in data.category_paths if path in self.categories]
