"""What others hand to this package so that an order can be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from shop.directory.geography.addresses import PostalAddress
from shop.pricing.totals.dataclasses import Totals

ZERO = Decimal(0)


@dataclass(frozen=True)
class HeldStock:
    """A reservation that serves units of one variant from one place."""

    reservation_id: int
    location_id: int
    quantity: int


@dataclass(frozen=True)
class OrderDraft:
    """A purchase whose sums are computed and whose goods are held."""

    customer_id: int
    email: str
    full_name: str
    phone: str
    billing: PostalAddress
    shipping: PostalAddress
    totals: Totals
    payment_method: str
    held: Mapping[int, Sequence[HeldStock]]  # by variant
    channel: str = "WEB"
    order_type: str = "NORMAL"
    cart_key: str = ""
    source: str = ""
    source_number: str = ""
    note: str = ""
    placed_by_id: int | None = None
    sales_rep_id: int | None = None


@dataclass(frozen=True)
class PastLine:
    """A line of an order from before; returns and adjustments carry negative money."""

    title: str
    quantity: int
    unit_price: Decimal
    total: Decimal
    sku: str = ""
    kind: str = "GOODS"
    variant_id: int | None = None
    product_key: str = ""
    variant_key: str = ""
    variant_title: str = ""
    owner_id: int | None = None
    tax: Decimal = ZERO
    tax_rate: Decimal = ZERO
    cgst: Decimal = ZERO
    sgst: Decimal = ZERO
    igst: Decimal = ZERO
    discount: Decimal = ZERO
    hsn_code: str = ""
    location_id: int | None = None
    shipped_quantity: int | None = None  # all of it, unless said otherwise


@dataclass(frozen=True)
class PastOrder:
    """An order that was placed elsewhere or long ago, as the file tells it."""

    source: str
    source_number: str
    customer_id: int
    placed_at: datetime
    currency: str
    lines: Sequence[PastLine]
    channel: str = "IMPORT"
    status: str = "COMPLETED"
    order_type: str = "NORMAL"
    payment_status: str = "PAID"
    payment_method: str = ""
    fulfillment_status: str = "DELIVERED"
    number: str = ""
    email: str = ""
    phone: str = ""
    full_name: str = ""
    price_list_code: str = ""
    is_tax_inclusive: bool = True
    shipping_total: Decimal = ZERO
    shipping_tax: Decimal = ZERO
    shipping_code: str = ""
    shipping_name: str = ""
    shipping_city: str = ""
    shipping_state: str = ""
    shipping_country: str = ""
    region: str = ""
    billing: PostalAddress | None = None
    shipping: PostalAddress | None = None
    discounts: Sequence[Mapping[str, str]] = ()
    paid_total: Decimal | None = None  # all of it when the payment status says so
    refunded_total: Decimal = ZERO
    activated_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancel_reason: str = ""
    placed_by_id: int | None = None
    sales_rep_id: int | None = None
    note: str = ""
    custom: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class PastResult:
    """How many orders were written, and how many were there already."""

    created: int
    unchanged: int
    order_ids: tuple[int, ...] = ()
