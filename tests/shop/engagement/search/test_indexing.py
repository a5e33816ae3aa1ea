"""How documents follow the goods, their prices and their stock."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from shop.core import jobs
from shop.core.actors import SYSTEM_ACTOR
from shop.engagement.search import selectors, services
from shop.engagement.search.models import SearchDocument, StaleDocument
from shop.engagement.search.selectors import SearchQuery
from shop.goods.catalog import services as catalog
from shop.goods.catalog.data import CategoryData, ProductData, VariantData
from shop.goods.inventory import services as inventory
from shop.goods.inventory.data import StockWish
from shop.pricing.price_lists import services as price_lists
from tests.factories.catalog import AttributeChoiceFactory, AttributeFactory, ProductFactory
from tests.factories.pricing import PriceListFactory, sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
WHO = {"actor": SYSTEM_ACTOR, "now": NOW}


@pytest.fixture
def at_once(django_capture_on_commit_callbacks):
    """Do something and everything that waits for its commit."""

    def act(work, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            answer = work(*args, **kwargs)
        caches["fragments"].clear()
        return answer

    return act


def names(text="", **rest):
    return [card.name for card in selectors.browse(SearchQuery(text=text, **rest)).cards]


def lamp(**fields):
    return ProductData(
        name="Lamp", is_published=True, variants=(VariantData(sku="LAMP-1"),), **fields
    )


def test_saved_product_is_found_at_once_and_hidden_one_is_not(at_once):
    product = at_once(catalog.save_product, data=lamp(), **WHO)
    found = names("lamp")

    at_once(catalog.unpublish_product, product_id=product.pk, **WHO)

    assert found == ["Lamp"]
    assert names("lamp") == []
    assert StaleDocument.objects.count() == 0


def test_new_name_replaces_the_old_words(at_once):
    product = at_once(catalog.save_product, data=lamp(), **WHO)

    data = ProductData(name="Torch", is_published=True, variants=(VariantData(sku="LAMP-1"),))
    at_once(catalog.save_product, data=data, product_id=product.pk, **WHO)

    assert (names("torch"), names("lamp")) == (["Torch"], ["Torch"])  # still in its SKU
    assert names("lamp", sort="name") == ["Torch"]


def test_new_price_is_on_the_card(at_once):
    product = at_once(catalog.save_product, data=lamp(), **WHO)

    at_once(
        price_lists.set_price,
        variant_id=product.variants.get().pk,
        price_list_id=PriceListFactory().pk,
        amount=Decimal("499.00"),
        compare_at=Decimal("599.00"),
        **WHO,
    )

    card = selectors.browse(SearchQuery()).cards[0]
    assert (card.price, card.compare_at, card.currency) == (Decimal(499), Decimal(599), "INR")


def test_document_is_written_when_goods_run_out_and_not_on_every_sale(at_once):
    variant = sellable_variant(stock=3)
    services.rebuild(now=NOW)

    def sell(quantity):
        wishes = [StockWish(variant.pk, quantity)]
        at_once(inventory.reserve, holder="order", wishes=wishes, expires_at=None, **WHO)
        return SearchDocument.objects.get()

    before = SearchDocument.objects.get()
    after_one, after_all = sell(1), sell(2)

    assert after_one.updated_at == before.updated_at
    assert (after_one.is_in_stock, after_all.is_in_stock) == (True, False)


@pytest.mark.req("SHOP-05")
def test_filterable_attribute_becomes_a_filter_with_counts(at_once):
    color = AttributeFactory(kind="CHOICE", code="color", name="Colour", is_filterable=True)
    secret = AttributeFactory(code="secret", product_type=color.product_type)
    for value in ("Red", "Blue"):
        AttributeChoiceFactory(attribute=color, value=value)
    for name, value in (("A", "Red"), ("B", "Red"), ("C", "Blue")):
        product = ProductFactory(name=name)
        sellable_variant(product=product)
        facts = {"product_id": product.pk, **WHO}
        at_once(catalog.set_attribute, attribute_id=color.pk, value=value, **facts)
        at_once(catalog.set_attribute, attribute_id=secret.pk, value=value, **facts)

    page = selectors.browse(SearchQuery(attributes={"color": ("Blue",)}))

    facet = next(facet for facet in page.facets if facet.code == "color")
    assert [card.name for card in page.cards] == ["C"]
    assert facet.label == "Colour"
    # The other colours keep their counts: choosing one more widens the list.
    assert {(row.value, row.count, row.is_applied) for row in facet.values} == {
        ("Red", 2, False),
        ("Blue", 1, True),
    }
    assert "secret" not in {facet.code for facet in page.facets}
    assert sorted(names(attributes={"color": ("Blue", "Red")})) == ["A", "B", "C"]


@pytest.mark.req("SHOP-04")
def test_options_of_variants_become_filters_and_labels(at_once):
    for name, sizes in (("Boot", ("9", "10")), ("Shoe", ("10",))):
        variants = tuple(
            VariantData(sku=f"{name}-{size}", option_values={"Size": size}) for size in sizes
        )
        data = ProductData(name=name, is_published=True, option_names=("Size",), variants=variants)
        at_once(catalog.save_product, data=data, **WHO)

    page = selectors.browse(SearchQuery(attributes={"size": ("9",)}))

    assert [card.option_labels for card in page.cards] == [("9", "10")]
    assert page.cards[0].single_variant_id is None
    facet = next(facet for facet in page.facets if facet.code == "size")
    assert {(row.value, row.count) for row in facet.values} == {("9", 1), ("10", 2)}


def test_moved_category_takes_its_products_along(at_once):
    at_once(catalog.save_product, data=lamp(category_paths=("Home/Light",)), **WHO)
    light = catalog.ensure_categories(paths=["Home/Light"], **WHO)["Home/Light"]
    garden = at_once(catalog.save_category, data=CategoryData(name="Garden"), **WHO)

    at_once(catalog.move_category, category_id=light.pk, parent_id=garden.pk, **WHO)

    assert names(category_path="garden/light") == names(category_path="garden") == ["Lamp"]
    assert names(category_path="home") == names(category_path="home/light") == []


def test_large_import_is_indexed_by_a_job_and_by_the_drain():
    rows = [
        ProductData(
            name=f"Lamp {number}", is_published=True, variants=(VariantData(sku=f"L-{number}"),)
        )
        for number in range(30)
    ]
    catalog.upsert_products(rows=rows, **WHO)
    before = SearchDocument.objects.count()

    done = jobs.drain_all(NOW)

    assert (before, done["search.index_stale"], SearchDocument.objects.count()) == (0, 30, 30)
    assert jobs.drain_all(NOW)["search.index_stale"] == 0


def test_rebuild_forgets_words_of_goods_that_are_gone():
    variant = sellable_variant(product=ProductFactory(name="Xylophone"))
    services.rebuild(now=NOW)
    variant.product.name = "Drum"
    variant.product.save()

    services.rebuild(now=NOW + timedelta(minutes=1))

    assert selectors.browse(SearchQuery(text="xylophon")).total == 0
    assert selectors.browse(SearchQuery(text="drumm")).suggestion == "drum"


@pytest.mark.django_db(transaction=True)
def test_word_index_can_be_taken_away_and_made_again():
    sellable_variant(product=ProductFactory(name="Lamp"))
    services.rebuild(now=NOW)

    call_command("migrate", "search", "0001", verbosity=0)
    without = connection.introspection.table_names()
    call_command("migrate", "search", verbosity=0)

    assert "search_index" not in without
    assert names("lamp") == ["Lamp"]
