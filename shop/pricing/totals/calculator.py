"""The one calculation of an order: pure functions over frozen values.

Unit × quantity is rounded; discounts are shared to lines by largest remainder; each tax component
is computed per line from the discounted amount and rounded. Sums add rounded lines only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shop.core.money import allocate, line_amount, round_money
from shop.pricing.promotions.volume import Offer
from shop.pricing.tax import gst
from shop.pricing.totals.dataclasses import (
    DiscountShare,
    ExplanationLine,
    LineTotal,
    PricedLine,
    PricedShipping,
    ShippingTotal,
    TaxSummaryRow,
    Totals,
)

ZERO = Decimal(0)


@dataclass(frozen=True)
class Terms:
    """What holds for every line: currency, price list and where the goods go."""

    currency: str
    price_list_code: str
    is_tax_inclusive: bool
    is_interstate: bool

    def split(self, amount: Decimal, rate: Decimal) -> gst.TaxParts:
        """Net and tax of one amount under these terms."""
        return gst.split(
            amount=amount,
            rate=rate,
            is_inclusive=self.is_tax_inclusive,
            is_interstate=self.is_interstate,
            currency=self.currency,
        )


def goods_subtotal(*, lines: Iterable[PricedLine], currency: str) -> Decimal:
    """Goods at their unit prices, before discounts and shipping, in the price list's own terms."""
    return sum((_gross(line, currency) for line in lines), round_money(ZERO, currency))


def calculate(
    *,
    lines: Sequence[PricedLine],
    shipping: PricedShipping | None,
    offers: Sequence[Offer],
    terms: Terms,
) -> Totals:
    """Everything an order costs, line by line, with the reason for each amount."""
    currency = terms.currency
    gross = [_gross(line, currency) for line in lines]
    shares = _discount_shares(gross, offers, currency)
    line_totals = tuple(
        _line_total(line, amount, share, terms)
        for line, amount, share in zip(lines, gross, shares, strict=True)
    )
    shipping_total = _shipping_total(shipping, terms) if shipping else None
    summary = _tax_summary(line_totals, shipping_total)
    zero = round_money(ZERO, currency)
    return Totals(
        currency=currency,
        price_list_code=terms.price_list_code,
        is_tax_inclusive=terms.is_tax_inclusive,
        lines=line_totals,
        discounts=tuple(
            DiscountShare(offer.code, offer.label, offer.base, offer.amount, offer.explanation)
            for offer in offers
        ),
        goods_subtotal=sum(gross, zero),
        discount_total=sum((offer.amount for offer in offers), zero),
        shipping=shipping_total,
        tax_total=sum((row.tax for row in summary), zero),
        grand_total=sum((line.total for line in line_totals), zero)
        + (shipping_total.total if shipping_total else zero),
        tax_summary=summary,
        explanation=_explanation(line_totals, offers, shipping_total),
    )


def _gross(line: PricedLine, currency: str) -> Decimal:
    return line_amount(line.unit_price, line.quantity, currency)


def _discount_shares(
    gross: Sequence[Decimal], offers: Sequence[Offer], currency: str
) -> list[Decimal]:
    shares = [round_money(ZERO, currency)] * len(gross)
    for offer in offers:
        parts = allocate(offer.amount, gross, currency)
        shares = [share + part for share, part in zip(shares, parts, strict=True)]
    return shares


def _line_total(line: PricedLine, gross: Decimal, discount: Decimal, terms: Terms) -> LineTotal:
    parts = terms.split(gross - discount, line.tax_rate)
    return LineTotal(
        key=line.key,
        variant_id=line.variant_id,
        variant_key=line.variant_key,
        sku=line.sku,
        title=line.title,
        variant_title=line.variant_title,
        product_key=line.product_key,
        owner_id=line.owner_id,
        quantity=line.quantity,
        list_unit_price=line.list_unit_price,
        unit_price=line.unit_price,
        gross=gross,
        discount=discount,
        net=parts.net,
        cgst=parts.cgst,
        sgst=parts.sgst,
        igst=parts.igst,
        tax=parts.tax,
        tax_rate=line.tax_rate,
        hsn_code=line.hsn_code,
        total=parts.total,
    )


def _shipping_total(shipping: PricedShipping, terms: Terms) -> ShippingTotal:
    gross = round_money(shipping.fee, terms.currency)
    parts = terms.split(gross, shipping.tax_rate)
    return ShippingTotal(
        code=shipping.code,
        name=shipping.name,
        gross=gross,
        net=parts.net,
        cgst=parts.cgst,
        sgst=parts.sgst,
        igst=parts.igst,
        tax=parts.tax,
        tax_rate=shipping.tax_rate,
        total=parts.total,
        delivery_from=shipping.delivery_from,
        delivery_to=shipping.delivery_to,
    )


def _tax_summary(
    lines: Iterable[LineTotal], shipping: ShippingTotal | None
) -> tuple[TaxSummaryRow, ...]:
    rows: dict[Decimal, TaxSummaryRow] = {}
    taxed: list[LineTotal | ShippingTotal] = [*lines, *([shipping] if shipping else [])]
    for part in taxed:
        row = TaxSummaryRow(part.tax_rate, part.net, part.cgst, part.sgst, part.igst, part.tax)
        known = rows.get(part.tax_rate)
        rows[part.tax_rate] = known.plus(row) if known else row
    return tuple(rows[rate] for rate in sorted(rows))


def _explanation(
    lines: Iterable[LineTotal], offers: Iterable[Offer], shipping: ShippingTotal | None
) -> tuple[ExplanationLine, ...]:
    steps = [
        ExplanationLine(
            rule="price",
            label=line.sku,
            base=line.unit_price,
            amount=line.gross,
            note=f"{line.quantity} × {line.unit_price:.2f}",
        )
        for line in lines
    ]
    steps += [
        ExplanationLine(offer.code, offer.label, offer.base, -offer.amount, offer.explanation)
        for offer in offers
    ]
    if shipping:
        steps.append(ExplanationLine("shipping", shipping.name, shipping.gross, shipping.gross, ""))
    steps += [
        ExplanationLine(
            rule="tax",
            label=line.sku,
            base=line.net,
            amount=line.tax,
            note=f"{line.tax_rate.normalize():f}% of {line.net:.2f}",
        )
        for line in lines
    ]
    return tuple(steps)
