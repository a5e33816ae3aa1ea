"""Figures of big lists are kept ready; of small ones they are counted."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.engagement.search import figures, tasks
from shop.engagement.search import selectors as search
from shop.engagement.search import services as indexing
from shop.engagement.search.data import SearchQuery
from shop.goods.catalog.models import Product
from tests.factories.catalog import CategoryFactory
from tests.shop.doors.storefront.shelves import shoe, show_all

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHOP-08")]


@pytest.fixture(autouse=True)
def _two_are_many(monkeypatch):
    monkeypatch.setattr(figures, "BIG", 2)


@pytest.fixture
def footwear():
    category = CategoryFactory(name="Footwear")
    for number in range(3):
        shoe(f"Shoe {number}", sku=f"S-{number}", category=category)
    show_all()
    return category


def total(**asked):
    caches["fragments"].clear()  # another process, or a minute later
    return search.browse(SearchQuery(**asked)).total


def counting(**asked):
    caches["fragments"].clear()
    with CaptureQueriesContext(connection) as asked_of:
        search.browse(SearchQuery(**asked))
    return any("COUNT(" in query["sql"] for query in asked_of)


def test_a_big_list_is_not_counted_for_a_visitor(footwear):
    assert not counting()
    assert not counting(category_path="footwear")
    assert not counting(category_path="footwear", page=2, sort="name")
    assert total() == total(category_path="footwear") == 3


def test_what_is_narrowed_is_counted(footwear):
    assert counting(in_stock=True)
    assert counting(category_path="footwear", text="shoe")
    assert total(text="Shoe 1") == 1


def test_a_small_list_is_counted(footwear):
    hats = CategoryFactory(name="Hats")
    shoe("Hat", sku="H-1", category=hats)
    show_all()

    assert counting(category_path="hats")


def test_the_job_counts_again_what_has_changed_and_nothing_else(footwear):
    assert tasks.refresh_figures() == 0
    product = Product.objects.get(name="Shoe 1")
    Product.objects.filter(pk=product.pk).update(is_published=False)
    indexing.index_products(product_ids=[product.pk], now=timezone.now())

    assert total() == 3  # as old as the job allows
    assert tasks.refresh_figures() == 2
    assert total() == total(category_path="footwear") == 2


def test_a_page_counts_for_itself_when_the_job_stands_still(footwear):
    caches["default"].clear()

    assert counting()
    assert total() == 3
