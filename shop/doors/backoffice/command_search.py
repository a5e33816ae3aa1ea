"""Ctrl+K: orders by any of their keys, customers, products — from every page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from shop.core.money import format_money
from shop.directory.access import policies as access
from shop.directory.customers.models import Customer
from shop.doors.backoffice.order_search import find_orders
from shop.doors.backoffice.words import word
from shop.goods.catalog.models import Product
from shop.sales.orders import policies
from shop.sales.orders.models import Order

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
    is_partial = access.is_seller_only(request.user)
    wanted = find_orders(request.user, text)
    found = policies.orders_visible_to(request.user).filter(pk__in=wanted)
    return [
        SearchResult(
            title=order.number if is_partial else f"{order.number} · {order.full_name}",
            description=word(order.status) if is_partial else _in_words(order),
            link=reverse("admin:orders_order_change", args=[order.pk]),
            icon="receipt_long",
        )
        for order in found.order_by("-placed_at")[:LIMIT]
    ]


def _in_words(order: Order) -> str:
    return f"{word(order.status)} · {format_money(order.grand_total, order.currency)}"


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
