"""Goods for the tests of pages, and what is read out of a page."""

import json
import re

from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.engagement.search import services as search
from shop.goods.catalog import services as catalog
from tests.factories.pricing import sellable_variant

MOST_QUERIES = 6
MOST_LIST_QUERIES = 3


def show_all() -> None:
    """Bring the search up to date and forget what pages remember."""
    catalog.refresh_product_counts()
    search.rebuild(now=timezone.now())
    caches["fragments"].clear()


def shoe(name="Running Shoes", *, category=None, sku="RUN-1", price="2499.00", **more):
    variant = sellable_variant(
        sku=sku,
        price=price,
        stock=more.pop("stock", 10),
        product__name=name,
        product__primary_category=category,
        product__categories=[category] if category else [],
        **{f"product__{key}": value for key, value in more.items()},
    )
    return variant.product


def structured(html: str, kind: str) -> dict:
    blocks = re.findall(r'<script type="application/ld\+json">(.+?)</script>', html)
    return next(fact for fact in map(json.loads, blocks) if fact["@type"] == kind)


def questions(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
