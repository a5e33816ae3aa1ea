"""The answers of the API, written from rows and views."""

from collections.abc import Iterable
from typing import Any

from shop.doors.api.shapes import money
from shop.goods.catalog.models import Product
from shop.pricing.price_lists.data import ListPrice
from shop.pricing.totals.dataclasses import Totals
from shop.sales.cart.dataclasses import CartView
from shop.sales.checkout.models import Checkout
from shop.sales.fulfillment.models import Shipment
from shop.sales.orders.models import Order, OrderAddress, OrderLine
from shop.sales.payments.models import Payment

Body = dict[str, Any]


def products(
    rows: Iterable[Product], prices: dict[int, ListPrice], available: dict[int, int]
) -> list[Body]:
    """Products with their variants, prices and stock."""
    return [
        {
            "key": product.key,
            "name": product.name,
            "slug": product.slug,
            "brand": product.brand,
            "description": product.description,
            "category": product.primary_category.path if product.primary_category else "",
            "variants": [
                {
                    "key": variant.key,
                    "sku": variant.sku,
                    "title": variant.title,
                    "options": variant.option_values,
                    "price": _price(prices.get(variant.pk)),
                    "available": available.get(variant.pk, 0),
                }
                for variant in product.variants.all()
                if variant.is_active
            ],
            "updated_at": product.updated_at,
        }
        for product in rows
    ]


def _price(price: ListPrice | None) -> Body | None:
    return money(price.amount, price.currency) if price else None


def cart(view: CartView) -> Body:
    """A cart with today's prices and sums."""
    return {
        "key": view.key,
        "currency": view.currency,
        "units": view.units,
        "lines": [
            {
                "key": line.key,
                "sku": line.sku,
                "title": line.title,
                "variant_title": line.variant_title,
                "quantity": line.quantity,
                "unit_price": money(line.unit_price, view.currency)
                if line.unit_price is not None
                else None,
                "seen_unit_price": money(line.seen_unit_price, view.currency),
                "is_price_changed": line.is_price_changed,
                "available": line.available,
                "problem": line.problem,
                "total": money(line.total.total, view.currency) if line.total else None,
            }
            for line in view.lines
        ],
        "totals": totals(view.totals) if view.totals else None,
    }


def totals(sums: Totals) -> Body:
    """What a purchase costs, part by part."""
    currency = sums.currency
    return {
        "goods": money(sums.goods_subtotal, currency),
        "discount": money(sums.discount_total, currency),
        "shipping": money(sums.shipping.total, currency) if sums.shipping else None,
        "tax": money(sums.tax_total, currency),
        "grand_total": money(sums.grand_total, currency),
        "discounts": [
            {"code": share.code, "label": share.label, "amount": money(share.amount, currency)}
            for share in sums.discounts
        ],
    }


def checkout(row: Checkout) -> Body:
    """A visit to the till."""
    return {
        "key": row.key,
        "cart": row.cart.key,
        "state": row.state,
        "expires_at": row.expires_at.isoformat(),
        "order_number": row.order_number,
    }


def order(
    row: Order, lines: Iterable[OrderLine] = (), addresses: Iterable[OrderAddress] = ()
) -> Body:
    """An order as bought."""
    currency = row.currency
    return {
        "number": row.number,
        "key": row.key,
        "status": row.status,
        "payment_status": row.payment_status,
        "fulfillment_status": row.fulfillment_status,
        "order_type": row.order_type,
        "channel": row.channel,
        "source": row.source,
        "source_number": row.source_number,
        "email": row.email,
        "full_name": row.full_name,
        "phone": row.phone,
        "payment_method": row.payment_method,
        "goods_total": money(row.goods_total, currency),
        "discount_total": money(row.discount_total, currency),
        "shipping_total": money(row.shipping_total, currency),
        "tax_total": money(row.tax_total, currency),
        "grand_total": money(row.grand_total, currency),
        "paid_total": money(row.paid_total, currency),
        "refunded_total": money(row.refunded_total, currency),
        "placed_at": row.placed_at.isoformat(),
        "lines": [_order_line(line, currency) for line in lines],
        "addresses": {address.kind.lower(): _address(address) for address in addresses},
    }


def _order_line(line: OrderLine, currency: str) -> Body:
    return {
        "key": line.key,
        "sku": line.sku,
        "title": line.title,
        "variant_title": line.variant_title,
        "quantity": line.quantity,
        "unit_price": money(line.unit_price, currency),
        "discount": money(line.discount, currency),
        "tax": money(line.tax, currency),
        "tax_rate": str(line.tax_rate.normalize()),
        "total": money(line.total, currency),
        "shipped_quantity": line.shipped_quantity,
        "returned_quantity": line.returned_quantity,
    }


def _address(row: OrderAddress) -> Body:
    names = ("full_name", "phone", "line1", "line2", "city", "state", "postal_code", "country")
    return {name: getattr(row, name) for name in names}


def payment(row: Payment, *, is_admin: bool) -> Body:
    """A payment; the gateway's reference is for those who run the store."""
    return {
        "key": row.key,
        "order": row.order.number,
        "method": row.method,
        "state": row.state,
        "amount": money(row.amount, row.currency),
        "refunded": money(row.refunded_amount, row.currency),
        "redirect_url": row.redirect_url,
        "failure_message": row.failure_message,
        **({"reference": row.reference} if is_admin else {}),
    }


def shipment(row: Shipment) -> Body:
    """A parcel with what lies in it."""
    carrier = row.carrier
    return {
        "key": row.key,
        "number": row.number,
        "order": row.order.number,
        "state": row.state,
        "carrier": carrier.code if carrier else "",
        "tracking_number": row.tracking_number,
        "tracking_url": carrier.tracking_link(row.tracking_number) if carrier else "",
        "shipped_at": row.shipped_at.isoformat() if row.shipped_at else None,
        "delivered_at": row.delivered_at.isoformat() if row.delivered_at else None,
        "lines": [
            {"sku": line.order_line.sku, "quantity": line.quantity} for line in row.lines.all()
        ],
    }
