"""What a total is made of: frozen values that a page, an order or a mail can show as they are."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class WantedLine:
    """What somebody wants: so many of a variant."""

    key: str
    variant_id: int
    quantity: int


@dataclass(frozen=True)
class PricedLine:
    """A wanted line with everything looked up that its total depends on."""

    key: str
    variant_id: int
    sku: str
    title: str
    variant_title: str
    product_key: str
    owner_id: int | None
    quantity: int
    list_unit_price: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    hsn_code: str
    variant_key: str = ""


@dataclass(frozen=True)
class PricedShipping:
    code: str
    name: str
    fee: Decimal
    tax_rate: Decimal
    delivery_from: date | None
    delivery_to: date | None


@dataclass(frozen=True)
class LineTotal:
    key: str
    variant_id: int
    sku: str
    title: str
    variant_title: str
    product_key: str
    owner_id: int | None
    quantity: int
    list_unit_price: Decimal
    unit_price: Decimal
    gross: Decimal
    discount: Decimal
    net: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    tax: Decimal
    tax_rate: Decimal
    hsn_code: str
    total: Decimal
    variant_key: str = ""


@dataclass(frozen=True)
class DiscountShare:
    """One discount of the order, as its own line."""

    code: str
    label: str
    base: Decimal
    amount: Decimal
    explanation: str


@dataclass(frozen=True)
class ShippingTotal:
    code: str
    name: str
    gross: Decimal
    net: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    tax: Decimal
    tax_rate: Decimal
    total: Decimal
    delivery_from: date | None
    delivery_to: date | None


@dataclass(frozen=True)
class TaxSummaryRow:
    """The taxes of one rate, goods and shipping together."""

    rate: Decimal
    net: Decimal
    cgst: Decimal
    sgst: Decimal
    igst: Decimal
    tax: Decimal

    def plus(self, other: "TaxSummaryRow") -> "TaxSummaryRow":
        """Both rows of one rate as one."""
        return replace(
            self,
            net=self.net + other.net,
            cgst=self.cgst + other.cgst,
            sgst=self.sgst + other.sgst,
            igst=self.igst + other.igst,
            tax=self.tax + other.tax,
        )


@dataclass(frozen=True)
class ExplanationLine:
    """One step of the calculation: which rule, on what base, with what result."""

    rule: str
    label: str
    base: Decimal
    amount: Decimal
    note: str = ""


@dataclass(frozen=True)
class Totals:
    currency: str
    price_list_code: str
    is_tax_inclusive: bool
    lines: tuple[LineTotal, ...]
    discounts: tuple[DiscountShare, ...]
    goods_subtotal: Decimal
    discount_total: Decimal
    shipping: ShippingTotal | None
    tax_total: Decimal
    grand_total: Decimal
    tax_summary: tuple[TaxSummaryRow, ...]
    explanation: tuple[ExplanationLine, ...]

    def fingerprint(self) -> str:
        """A short proof of what was shown: it changes when any amount or quantity does."""
        facts = [
            self.currency,
            str(self.grand_total),
            str(self.tax_total),
            self.shipping.code if self.shipping else "",
            sorted([line.sku, line.quantity, str(line.total)] for line in self.lines),
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]
