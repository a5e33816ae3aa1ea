"""News about orders."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class OrderPlaced:
    """A customer has bought something; payment may still be open."""

    order_id: int
    order_key: str
    number: str
    cart_key: str = ""


@dataclass(frozen=True)
class OrderActivated:
    """The order is binding: paid, or accepted to be paid on delivery."""

    order_id: int
    order_key: str
    number: str
    placed_at: datetime


@dataclass(frozen=True)
class OrderCompleted:
    """The order is delivered and paid; nothing is open."""

    order_id: int
    order_key: str
    number: str


@dataclass(frozen=True)
class OrderCancelled:
    """The order will not be carried out."""

    order_id: int
    order_key: str
    number: str
    placed_at: datetime
    reason: str = ""


@dataclass(frozen=True)
class OrderPaymentChanged:
    """The payment status or the sums paid and refunded are different now."""

    order_id: int
    payment_status: str
    paid_total: Decimal
    refunded_total: Decimal


@dataclass(frozen=True)
class OrderFulfillmentChanged:
    """Goods of the order were packed, shipped, delivered or came back."""

    order_id: int
    fulfillment_status: str


@dataclass(frozen=True)
class PastOrdersRecorded:
    """A batch of orders from before was written; ids are those of this batch."""

    order_ids: tuple[int, ...]
