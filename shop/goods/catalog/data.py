"""Plain values that go in and out of the catalog."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class BulkResult:
    """What a bulk write did."""

    created: int
    updated: int
    unchanged: int
    # Rows that were created or updated, where the writer knows them.
    changed_ids: tuple[int, ...] = ()

    def __add__(self, other: "BulkResult") -> "BulkResult":
        return BulkResult(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.changed_ids + other.changed_ids,
        )


@dataclass(frozen=True)
class VariantData:
    """A variant as a form or a file gives it; known by its SKU."""

    sku: str
    title: str = ""
    option_values: Mapping[str, str] = field(default_factory=dict)
    barcode: str = ""
    weight_grams: int = 0
    is_active: bool = True
    position: int = 0


@dataclass(frozen=True)
class CategoryData:
    name: str
    slug: str = ""
    parent_id: int | None = None
    position: int = 0
    description: str = ""
    is_published: bool = True
    meta_title: str = ""
    meta_description: str = ""


@dataclass(frozen=True)
class ProductData:
    """A product as a form or a file gives it.

    Files name categories by path ("home/lighting") and the tax class by code; a form may do the
    same. `source` and `source_key` say where a row comes from, so that a second import of the
    file finds it again.
    """

    name: str
    slug: str = ""
    brand: str = ""
    product_type: str = ""
    category_paths: tuple[str, ...] = ()
    short_description: str = ""
    description: str = ""
    tax_class: str = "standard"
    hsn_code: str = ""
    is_published: bool = False
    is_featured: bool = False
    owner_id: int | None = None
    option_names: tuple[str, ...] = ()
    meta_title: str = ""
    meta_description: str = ""
    source: str = ""
    source_key: str = ""
    variants: tuple[VariantData, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    custom: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class VariantFacts:
    """What cart, order and mail must know of a variant."""

    variant_id: int
    key: str
    sku: str
    title: str
    product_id: int
    product_key: str
    product_name: str
    slug: str
    tax_class: str
    hsn_code: str
    weight_grams: int
    is_sellable: bool
    owner_id: int | None
    option_values: Mapping[str, str]
    image_path: str
    image_alt: str
    image_width: int
    image_height: int
    image_renditions: Mapping[str, str]
    tint: int
