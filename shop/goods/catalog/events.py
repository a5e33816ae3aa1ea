"""What happened to the catalog."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProductChanged:
    """A product or one of its variants, attributes or pictures was saved."""

    product_id: int


@dataclass(frozen=True)
class ProductPublished:
    product_id: int


@dataclass(frozen=True)
class ProductUnpublished:
    product_id: int


@dataclass(frozen=True)
class CategoryChanged:
    """A category was saved or moved; products below it may have a new path."""

    category_id: int


@dataclass(frozen=True)
class ProductsImported:
    """Many products were written at once."""

    product_ids: tuple[int, ...]
