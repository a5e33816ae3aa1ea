"""Many products at once."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.core import events
from shop.core.actors import SYSTEM_ACTOR
from shop.core.events import RowsWritten
from shop.goods.catalog import services
from shop.goods.catalog.data import ProductData, VariantData
from shop.goods.catalog.events import ProductsImported
from shop.goods.catalog.exceptions import SkuTaken
from shop.goods.catalog.models import AttributeValue, Category, Product, Variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def row(number, **fields):
    return ProductData(
        **{
            "name": f"Chair {number % 2}",
            "source": "shopify",
            "source_key": f"chair-{number}",
            "product_type": "chair",
            "category_paths": ("Home/Seating",),
            "attributes": {"Wood": "Oak"},
            "variants": (VariantData(sku=f"C-{number}"),),
            "is_published": True,
        }
        | fields
    )


def upsert(*rows):
    result = services.upsert_products(rows=rows, actor=SYSTEM_ACTOR, now=NOW)
    return result.created, result.updated, result.unchanged


def test_new_changed_and_unchanged_rows_are_told_apart():
    first = upsert(row(1), row(2), row(3))
    second = upsert(row(1), row(2, name="Stool"), row(4))

    assert (first, second) == ((3, 0, 0), (1, 1, 1))
    assert sorted(Product.objects.values_list("name", flat=True)) == [
        "Chair 0",
        "Chair 1",
        "Chair 1",
        "Stool",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"variants": (VariantData(sku="C-1", barcode="890"),)},
        {"variants": (VariantData(sku="C-1"), VariantData(sku="C-1-B"))},
        {"attributes": {"Wood": "Teak"}},
        {"category_paths": ("Garden",)},
        {"description": "<p>New</p>"},
    ],
)
def test_change_of_a_part_counts_as_a_change_of_the_product(change):
    upsert(row(1))

    assert upsert(replace(row(1), **change)) == (0, 1, 0)
    assert upsert(replace(row(1), **change)) == (0, 0, 1)


def test_clashing_names_get_their_own_slugs():
    upsert(*(row(number, name="Chair") for number in range(3)))
    upsert(row(9, name="Chair"))

    assert sorted(Product.objects.values_list("slug", flat=True)) == [
        "chair",
        "chair-2",
        "chair-3",
        "chair-4",
    ]


def test_row_without_a_source_is_known_by_its_sku():
    upsert(row(1))

    assert upsert(row(1, source="", source_key="", name="Armchair")) == (0, 1, 0)
    product = Product.objects.get()
    assert (product.name, product.source_key) == ("Armchair", "chair-1")


def test_sku_of_another_product_stops_the_batch():
    upsert(row(1))

    with pytest.raises(SkuTaken):
        upsert(row(2), row(3, variants=(VariantData(sku="C-1"),)))

    assert Product.objects.count() == 1


def test_address_and_publication_of_a_known_product_are_not_for_a_file_to_change():
    upsert(row(1))
    Product.objects.update(slug="mine", is_published=False)

    upsert(row(1, name="New name"))

    product = Product.objects.get()
    assert (product.slug, product.is_published) == ("mine", False)


def test_categories_counts_history_and_attributes_follow():
    upsert(row(1), row(2))

    assert dict(Category.objects.values_list("path", "product_count")) == {
        "home": 2,
        "home/seating": 2,
    }
    assert Product.history.count() == 2
    assert AttributeValue.objects.filter(text="Oak").count() == 2


def test_everything_written_is_told(monkeypatch):
    told, imported = [], []
    monkeypatch.setitem(events._subscribers, RowsWritten, [told.append])
    monkeypatch.setitem(events._subscribers, ProductsImported, [imported.append])
    upsert(row(1))
    product, variant = Product.objects.get(), Variant.objects.get()

    upsert(row(1, name="Other"))

    assert [(event.model_label, event.operation, event.pks) for event in told] == [
        ("catalog.Product", "create", (product.pk,)),
        ("catalog.Variant", "create", (variant.pk,)),
        ("catalog.Product", "update", (product.pk,)),
    ]
    assert [event.product_ids for event in imported] == [(product.pk,), (product.pk,)]


def test_number_of_statements_does_not_grow_with_rows():
    upsert(row(0))

    def queries(*rows):
        with CaptureQueriesContext(connection) as captured:
            upsert(*rows)
        return len(captured)

    rows = [row(number, name=f"Stool {number}") for number in range(10, 40)]
    assert queries(row(1, name="Stool")) == queries(*rows)
