"""Products, their variants, attributes and addresses."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shop.core.actors import SYSTEM_ACTOR
from shop.goods.catalog import selectors, services
from shop.goods.catalog.data import ProductData, VariantData
from shop.goods.catalog.exceptions import InvalidAttributeValue, NotPublishable, SkuTaken
from shop.goods.catalog.models import AttributeValue, Product, Variant
from tests.factories.catalog import (
    AttributeChoiceFactory,
    AttributeFactory,
    ProductFactory,
    ProductImageFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
WHO = {"actor": SYSTEM_ACTOR, "now": NOW}


def save(product=None, **fields):
    data = ProductData(**{"name": "Running Shoes"} | fields)
    return services.save_product(data=data, product_id=product.pk if product else None, **WHO)


@pytest.mark.req("SHOP-12")
def test_slug_comes_from_the_name_and_is_unique():
    slugs = [save().slug, save().slug, save(slug="Läufer Schuhe!").slug]

    assert slugs == ["running-shoes", "running-shoes-2", "laufer-schuhe"]


@pytest.mark.req("SHOP-12")
def test_name_without_latin_letters_gets_the_end_of_the_key():
    product = save(name="जूते")

    assert product.slug == product.key[-8:].lower()


@pytest.mark.req("SHOP-12")
def test_old_address_leads_to_the_product_until_somebody_else_takes_it():
    product = save()
    save(product, slug="fast-shoes")
    save(product, slug="faster-shoes")

    olds = [
        selectors.old_address_target("product", slug) for slug in ("running-shoes", "fast-shoes")
    ]
    other = save()

    assert olds == [product, product]
    assert other.slug == "running-shoes"
    assert selectors.find_product_by_slug("running-shoes") == other


@pytest.mark.req("SHOP-12")
def test_editing_a_name_keeps_the_address():
    product = save()

    assert save(product, name="Trail Shoes").slug == "running-shoes"


@pytest.mark.req("SHOP-04")
def test_variants_have_their_own_sku_barcode_options_and_picture():
    product = save(
        option_names=("Size", "Colour"),
        variants=(
            VariantData(
                sku="RS-9-B", option_values={"Size": "9", "Colour": "Black"}, barcode="890"
            ),
            VariantData(sku="RS-10-R", option_values={"Size": "10", "Colour": "Red"}),
        ),
    )
    picture = ProductImageFactory(product=product, file="products/red.webp", position=1)
    ProductImageFactory(product=product, file="products/main.webp", position=0)
    red = product.variants.get(sku="RS-10-R")
    services.save_variant(
        product_id=product.pk,
        data=VariantData(sku="RS-10-R", option_values=red.option_values),
        image_id=picture.pk,
        **WHO,
    )

    facts = selectors.variant_facts(product.variants.values_list("pk", flat=True))

    by_sku = {fact.sku: fact for fact in facts.values()}
    assert by_sku["RS-9-B"].title == "9 / Black"
    assert by_sku["RS-9-B"].image_path == "products/main.webp"
    assert by_sku["RS-10-R"].image_path == "products/red.webp"
    assert Variant.objects.get(sku="RS-9-B").barcode == "890"


@pytest.mark.req("SHOP-04")
def test_two_variants_cannot_share_a_sku():
    save(variants=(VariantData(sku="RS-9"),))

    with pytest.raises(SkuTaken):
        save(name="Other", variants=(VariantData(sku="RS-9"),))
    with pytest.raises(IntegrityError), transaction.atomic():
        VariantFactory(sku="RS-9")

    assert list(Product.objects.values_list("name", flat=True)) == ["Running Shoes"]


def test_facts_of_variants_take_two_queries_for_any_number():
    variants = [VariantFactory() for _ in range(10)]

    def queries(chosen):
        with CaptureQueriesContext(connection) as captured:
            selectors.variant_facts([variant.pk for variant in chosen])
        return len(captured)

    assert queries(variants[:1]) == queries(variants) == 2


def test_hidden_product_or_inactive_variant_is_not_sellable():
    hidden = VariantFactory(product=ProductFactory(is_published=False))
    inactive = VariantFactory(is_active=False)
    good = VariantFactory()

    facts = selectors.variant_facts([hidden.pk, inactive.pk, good.pk])

    assert {pk: fact.is_sellable for pk, fact in facts.items()} == {
        hidden.pk: False,
        inactive.pk: False,
        good.pk: True,
    }


def test_product_without_a_variant_cannot_be_published():
    product = save()

    with pytest.raises(NotPublishable):
        services.publish_product(product_id=product.pk, **WHO)

    product.refresh_from_db()
    assert not product.is_published


def test_description_is_freed_of_everything_dangerous():
    product = save(
        description='<p onclick="x()">Fine<script>x()</script> <a href="javascript:x">a</a></p>'
    )

    assert product.description == '<p>Fine <a rel="noopener nofollow">a</a></p>'


def test_every_change_of_a_product_is_in_its_history():
    product = save()
    save(product, name="Trail Shoes")

    names = Product.history.order_by("history_id").values_list("name", flat=True)
    assert list(names) == ["Running Shoes", "Trail Shoes"]


@pytest.mark.req("SHOP-05")
@pytest.mark.parametrize(
    ("kind", "raw", "column", "stored", "shown"),
    [
        ("TEXT", "Cotton", "text", "Cotton", "Cotton"),
        ("NUMBER", "12.50", "number", Decimal("12.5000"), "12.5"),
        ("BOOLEAN", "yes", "boolean", True, "Yes"),
        ("DATE", "2026-11-21", "date", date(2026, 11, 21), "2026-11-21"),
    ],
)
def test_attribute_keeps_its_type(kind, raw, column, stored, shown):
    product, attribute = ProductFactory(), AttributeFactory(kind=kind)

    services.set_attribute(product_id=product.pk, attribute_id=attribute.pk, value=raw, **WHO)

    row = AttributeValue.objects.get()
    assert (getattr(row, column), row.text) == (stored, shown)
    assert row.plain(kind) == stored


@pytest.mark.req("SHOP-05")
@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("NUMBER", "many"),
        ("NUMBER", "NaN"),
        ("NUMBER", "1e40"),
        ("BOOLEAN", "maybe"),
        ("DATE", "soon"),
        ("CHOICE", "x"),
    ],
)
def test_value_of_the_wrong_type_is_refused(kind, raw):
    product, attribute = ProductFactory(), AttributeFactory(kind=kind)

    with pytest.raises(InvalidAttributeValue):
        services.set_attribute(product_id=product.pk, attribute_id=attribute.pk, value=raw, **WHO)

    assert AttributeValue.objects.count() == 0


@pytest.mark.req("SHOP-05")
def test_only_declared_choices_can_be_chosen_and_an_empty_value_takes_it_away():
    product = ProductFactory()
    choice = AttributeChoiceFactory(value="Red")
    facts = {"product_id": product.pk, "attribute_id": choice.attribute_id}

    services.set_attribute(**facts, value="Red", **WHO)
    chosen = AttributeValue.objects.get().choice
    services.set_attribute(**facts, value="", **WHO)

    assert chosen == choice
    assert AttributeValue.objects.count() == 0
