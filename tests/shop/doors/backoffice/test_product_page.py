"""The product page keeps what it was given."""

import pytest
from django.urls import reverse

from shop.goods.catalog.models import Product, Variant
from tests.factories.catalog import CategoryFactory, TaxClassFactory
from tests.factories.pricing import PriceListFactory
from tests.shop.doors.backoffice.test_desk import product_form

pytestmark = pytest.mark.django_db
ADD = "admin:catalog_product_add"


@pytest.mark.req("BO-01")
def test_the_main_category_is_the_one_that_was_chosen_not_the_first_of_the_tree(root):
    PriceListFactory()
    first, second = CategoryFactory(name="Art"), CategoryFactory(name="Zen")
    form = product_form(
        tax_class=TaxClassFactory().pk, main_category=second.pk, places=[first.pk, second.pk]
    )

    root.post(reverse(ADD), form)

    product = Product.objects.get(name="Trail Runner")
    page = root.get(reverse("admin:catalog_product_change", args=[product.pk]))
    shown = page.context["adminform"].form.initial
    assert product.primary_category == second
    assert product.category_places.count() == 2
    assert (shown["main_category"], shown["places"]) == (second.pk, [first.pk])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Size: 9, Colour: Black", {"Size": "9", "Colour": "Black"}),
        ("Volume: 1,5 l", {"Volume": "1,5 l"}),
        ("", {}),
    ],
)
def test_options_are_typed_as_people_write_them(root, typed, kept):
    PriceListFactory()
    form = product_form(tax_class=TaxClassFactory().pk, option_list=", ".join(kept))

    root.post(reverse(ADD), form | {"variants-0-option_values": typed})

    assert Variant.objects.get().option_values == kept


def test_an_option_without_a_name_is_refused_beside_its_field(root):
    PriceListFactory()
    form = product_form(tax_class=TaxClassFactory().pk)

    answer = root.post(reverse(ADD), form | {"variants-0-option_values": "Black"})

    assert "Write options like Size: 9, Colour: Black." in answer.content.decode()
    assert not Product.objects.exists()
