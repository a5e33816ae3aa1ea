"""What a file says, in our words, before anything is written."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class VariantRecord:
    """One thing that can be bought, with its price in the currency of the import."""

    sku: str
    option_values: tuple[tuple[str, str], ...] = ()
    price: Decimal | None = None
    compare_at: Decimal | None = None
    barcode: str = ""
    weight_grams: int | None = None
    is_active: bool = True


@dataclass(frozen=True)
class ProductRecord:
    """A product with its variants; `source_key` names it in the system it comes from."""

    source_key: str
    name: str
    variants: tuple[VariantRecord, ...]
    slug: str = ""
    brand: str = ""
    category_paths: tuple[tuple[str, ...], ...] = ()
    short_description: str = ""
    description: str = ""
    tax_class: str = ""
    hsn_code: str = ""
    product_type: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    option_names: tuple[str, ...] = ()
    is_published: bool = True
    is_featured: bool = False
    owner_email: str = ""
    meta_title: str = ""
    meta_description: str = ""
    pictures: tuple[str, ...] = ()
    # Columns that the file does not have: what is known about them stays as it is.
    silent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CustomerRecord:
    """A person or firm; known by e-mail, or by its number at the source."""

    email: str
    full_name: str
    phone: str = ""
    company_name: str = ""
    source: str = ""
    source_number: str = ""
    country: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


@dataclass(frozen=True)
class StockRecord:
    """How many of one variant lie at one location."""

    sku: str
    location: str
    on_hand: int


@dataclass(frozen=True)
class OrderLineRecord:
    """A line as it was bought; signs are those of the money."""

    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    total: Decimal
    is_charge: bool = False
    variant_title: str = ""
    discount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)


@dataclass(frozen=True)
class OrderRecord:
    """An order of the past with the customer it belongs to."""

    number: str
    customer: CustomerRecord
    placed_at: datetime
    currency: str
    lines: tuple[OrderLineRecord, ...]
    order_type: str = "NORMAL"
    status: str = "COMPLETED"
    payment_status: str = "PAID"
    payment_method: str = ""
    shipping_total: Decimal = Decimal(0)
    shipping_name: str = ""
    note: str = ""
    country: str = ""


@dataclass(frozen=True)
class ImportContext:
    """What the person who starts an import decided about it."""

    currency: str = "INR"
    source: str = ""
    mode: str = "both"
    is_dry_run: bool = False
    is_synced: bool = False


Record = ProductRecord | CustomerRecord | StockRecord | OrderRecord
