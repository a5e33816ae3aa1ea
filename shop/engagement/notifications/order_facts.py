"""What a mail says about an order, ready to print."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.urls import reverse

from shop.core.money import format_money
from shop.sales.orders import links
from shop.sales.orders import selectors as orders
from shop.sales.orders.models import AddressKind, Order, OrderAddress

PAYMENT_METHODS = {"card": "Card", "cod": "Cash on delivery"}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One thing that was bought."""

    title: str
    variant_title: str
    sku: str
    quantity: int
    unit_price: str
    total: str


@dataclass(frozen=True, slots=True)
class SumFacts:
    """One row below the lines."""

    label: str
    amount: str
    is_total: bool = False
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """An order as a mail shows it."""

    number: str
    full_name: str
    first_name: str
    placed_at: datetime
    lines: tuple[LineFacts, ...]
    sums: tuple[SumFacts, ...]
    grand_total: str
    payment_method: str
    is_cash: bool
    shipping_name: str
    delivery_from: date | None
    delivery_to: date | None
    shipping_lines: tuple[str, ...]
    billing_lines: tuple[str, ...]
    is_one_address: bool
    tracking_url: str


def tracking_url(order: Order, now: datetime) -> str:
    """Answer the signed address that opens this order and no other."""
    path = reverse("storefront:order-tracking", args=[links.tracking_token(order, now=now)])
    return f"{settings.SITE_URL}{path}"


def payment_method_name(code: str) -> str:
    """Answer how a way of paying is called."""
    return PAYMENT_METHODS.get(code, code.replace("_", " ").capitalize())


def order_facts(order: Order, now: datetime) -> OrderFacts:
    """Read an order once and write everything about it in words."""
    lines = orders.LINES.all(order_id=order.pk)
    addresses = {row.kind: _address_lines(row) for row in orders.ADDRESSES.all(order_id=order.pk)}
    shipping = addresses.get(AddressKind.SHIPPING, ())
    billing = addresses.get(AddressKind.BILLING, ())
    return OrderFacts(
        number=order.number,
        full_name=order.full_name,
        first_name=order.full_name.split(" ")[0],
        placed_at=order.placed_at,
        lines=tuple(
            LineFacts(
                title=line.title,
                variant_title=line.variant_title,
                sku=line.sku,
                quantity=line.quantity,
                unit_price=format_money(line.unit_price, order.currency),
                total=format_money(line.gross, order.currency),
            )
            for line in lines
        ),
        sums=tuple(_sums(order)),
        grand_total=format_money(order.grand_total, order.currency),
        payment_method=payment_method_name(order.payment_method),
        is_cash=order.payment_method == "cod",
        shipping_name=order.shipping_name,
        delivery_from=order.delivery_from,
        delivery_to=order.delivery_to,
        shipping_lines=shipping,
        billing_lines=billing,
        is_one_address=shipping == billing,
        tracking_url=tracking_url(order, now),
    )


def _address_lines(row: OrderAddress) -> tuple[str, ...]:
    lines = row.postal_address().lines()
    return (*lines, row.phone) if row.phone else tuple(lines)


def _sums(order: Order) -> list[SumFacts]:
    """Subtotal, each discount, shipping, the total, and the taxes that it holds."""

    def row(label: str, amount: Decimal, **kind: bool) -> SumFacts:
        return SumFacts(label, format_money(amount, order.currency), **kind)

    sums = [row("Subtotal", order.goods_total)]
    sums += [
        row(str(discount.get("label") or "Discount"), -Decimal(str(discount["amount"])))
        for discount in order.discounts
    ]
    delivery = row(order.shipping_name or "Delivery", order.shipping_total)
    sums.append(delivery if order.shipping_total else replace(delivery, amount="Free"))
    if order.fee_total:
        sums.append(row("Fees", order.fee_total))
    taxes = [row(label, amount, is_note=True) for label, amount in _taxes(order)]
    if order.is_tax_inclusive:
        return [*sums, row("Total", order.grand_total, is_total=True), *taxes]
    return [*sums, *taxes, row("Total", order.grand_total, is_total=True)]


def _taxes(order: Order) -> list[tuple[str, Decimal]]:
    """Answer CGST and SGST, or IGST, for each rate."""
    prefix = "Includes " if order.is_tax_inclusive else ""
    taxes = []
    for summary in order.tax_summary:
        rate = Decimal(str(summary["rate"]))
        parts = {name: Decimal(str(summary.get(name, 0))) for name in ("cgst", "sgst", "igst")}
        for name, amount in parts.items():
            if amount:
                percent = rate if name == "igst" else rate / 2
                taxes.append((f"{prefix}{name.upper()} {percent.normalize():f} %", amount))
    return taxes
