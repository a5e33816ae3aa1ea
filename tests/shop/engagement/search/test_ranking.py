"""The order of an answer is remembered for a minute; what its cards say is not."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.engagement.search import ranking
from shop.engagement.search import selectors as search
from shop.engagement.search.data import SearchQuery
from shop.engagement.search.models import SearchDocument
from tests.factories.catalog import CategoryFactory
from tests.shop.doors.storefront.shelves import shoe, show_all

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHOP-08")]


@pytest.fixture
def shoes():
    category = CategoryFactory(name="Footwear")
    for number in range(7):
        shoe(f"Shoe {number}", sku=f"S-{number}", category=category)
    show_all()
    for number in range(7):
        SearchDocument.objects.filter(name=f"Shoe {number}").update(popularity=number)


def names(**asked):
    return [card.name for card in search.browse(SearchQuery(text="shoe", **asked)).cards]


def test_pages_follow_each_other_whether_the_order_is_remembered_or_not(shoes, monkeypatch):
    everything = names()
    monkeypatch.setattr(ranking, "REMEMBERED", 4)
    caches["fragments"].clear()

    pages = [names(page=page, page_size=3) for page in (1, 2, 3)]

    assert everything == [f"Shoe {number}" for number in range(6, -1, -1)]
    assert [name for page in pages for name in page] == everything


def test_asking_again_ranks_nothing_but_reads_the_goods_anew(shoes):
    names()
    SearchDocument.objects.filter(name="Shoe 3").update(is_in_stock=False)
    SearchDocument.objects.filter(name="Shoe 4").update(is_published=False)

    with CaptureQueriesContext(connection) as asked:
        page = search.browse(SearchQuery(text="shoe"))

    assert not any("CASE WHEN" in query["sql"] for query in asked)
    assert len(asked) == 2
    assert "Shoe 4" not in [card.name for card in page.cards]
    assert [card.is_in_stock for card in page.cards if card.name == "Shoe 3"] == [False]


def test_other_filters_and_orders_are_not_mixed_up(shoes):
    SearchDocument.objects.filter(name__in=["Shoe 1", "Shoe 5"]).update(is_in_stock=False)

    assert names()[0] == "Shoe 6"
    assert names(sort="name")[0] == "Shoe 0"
    assert names(in_stock=True) == ["Shoe 6", "Shoe 4", "Shoe 3", "Shoe 2", "Shoe 0"]
    assert names()[0] == "Shoe 6"
