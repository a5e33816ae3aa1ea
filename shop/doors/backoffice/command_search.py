"""Ctrl+K: orders by any of their keys, customers, products — from every page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from shop.core import search_keys
from shop.core.money import format_money
from shop.directory.access import policies as access
from shop.directory.customers.models import Customer
from shop.doors.backoffice.words import word
from shop.goods.catalog.models import Product
from shop.sales.orders import policies

LIMIT = 6


def find(request: HttpRequest, search_term: str) -> list[SearchResult]:
    """Answer what this person may open, orders first."""
    text = search_term.strip()
    if len(text) < 2:
        return []
    return [*_orders(request, text), *_customers(request, text), *_products(request, text)]


def _orders(request: HttpRequest, text: str) -> list[SearchResult]:
    if not request.user.has_perm("orders.view_order"):
        return []
    found = policies.orders_visible_to(request.user).filter(pk__in=search_keys.find_orders(text))
    return [
        SearchResult(
            title=f"{order.number} · {order.full_name}",
            description=f"{word(order.status)} · {format_money(order.grand_total, order.currency)}",
            link=reverse("admin:orders_order_change", args=[order.pk]),
            icon="receipt_long",
        )
        for order in found.order_by("-placed_at")[:LIMIT]
    ]


def _customers(request: HttpRequest, text: str) -> list[SearchResult]:
    if not request.user.has_perm("customers.view_customer"):
        return []
    found = Customer.objects.filter(email__startswith=text.lower()).order_by("email")[:LIMIT]
    return [
        SearchResult(
            title=customer.full_name or customer.email,
            description=customer.email,
            link=reverse("admin:customers_customer_change", args=[customer.pk]),
            icon="person",
        )
        for customer in found
    ]


def _products(request: HttpRequest, text: str) -> list[SearchResult]:
    if not request.user.has_perm("catalog.view_product"):
        return []
    found = Product.objects.filter(name__istartswith=text)
    if access.is_seller_only(request.user):
        found = found.filter(owner_id=request.user.pk)
    return [
        SearchResult(
            title=product.name,
            description=product.brand,
            link=reverse("admin:catalog_product_change", args=[product.pk]),
            icon="sell",
        )
        for product in found.order_by("name")[:LIMIT]
    ]
