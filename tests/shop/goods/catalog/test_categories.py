"""The category tree: paths, moves, counts and old addresses."""

from datetime import UTC, datetime

import pytest
from django.core.cache import caches
from django.db import IntegrityError, transaction

from shop.core.actors import SYSTEM_ACTOR
from shop.goods.catalog import selectors, services
from shop.goods.catalog.data import CategoryData, ProductData, VariantData
from shop.goods.catalog.exceptions import CategoryLoop
from shop.goods.catalog.models import Category
from tests.factories.catalog import CategoryFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
WHO = {"actor": SYSTEM_ACTOR, "now": NOW}


def save(name, parent=None, **fields):
    data = CategoryData(name=name, parent_id=parent.pk if parent else None, **fields)
    return services.save_category(data=data, **WHO)


def publish(name, *paths):
    return services.save_product(
        data=ProductData(
            name=name,
            category_paths=paths,
            is_published=True,
            variants=(VariantData(sku=f"SKU-{name}"),),
        ),
        **WHO,
    )


def counts():
    return dict(Category.objects.values_list("path", "product_count"))


@pytest.fixture
def four_levels():
    home = save("Home")
    light = save("Lighting", home)
    lamps = save("Lamps", light)
    return home, light, lamps, save("Desk lamps", lamps)


@pytest.mark.req("SHOP-02")
def test_tree_of_four_levels_has_paths_depths_and_breadcrumb(four_levels):
    deepest = four_levels[-1]

    assert deepest.path == "home/lighting/lamps/desk-lamps"
    assert deepest.depth == 4
    assert [node.name for node in selectors.breadcrumb(deepest.path)] == [
        "Home",
        "Lighting",
        "Lamps",
        "Desk lamps",
    ]
    assert selectors.find_category(deepest.path) == deepest


@pytest.mark.req("SHOP-02")
def test_counts_hold_everything_below_once(four_levels):
    publish("A", "Home/Lighting/Lamps/Desk lamps", "Home/Lighting")
    publish("B", "Home/Lighting")
    hidden = publish("C", "Home")

    before = counts()
    services.unpublish_product(product_id=hidden.pk, **WHO)

    assert before["home"] == 3
    assert counts() == {
        "home": 2,
        "home/lighting": 2,
        "home/lighting/lamps": 1,
        "home/lighting/lamps/desk-lamps": 1,
    }


@pytest.mark.req("SHOP-02")
def test_move_takes_the_subtree_along_and_counts_follow(four_levels):
    lamps = four_levels[2]
    garden = save("Garden")
    publish("A", "Home/Lighting/Lamps/Desk lamps")

    services.move_category(category_id=lamps.pk, parent_id=garden.pk, **WHO)

    assert counts() == {
        "home": 0,
        "home/lighting": 0,
        "garden": 1,
        "garden/lamps": 1,
        "garden/lamps/desk-lamps": 1,
    }
    moved = Category.objects.get(path="garden/lamps/desk-lamps")
    assert moved.depth == 3


@pytest.mark.req("SHOP-12")
def test_old_paths_of_a_moved_subtree_lead_to_the_new_place(four_levels):
    lamps, deepest = four_levels[2:]
    garden = save("Garden")

    services.move_category(category_id=lamps.pk, parent_id=garden.pk, **WHO)

    old = "home/lighting/lamps/desk-lamps"
    assert selectors.find_category(old) is None
    assert selectors.old_address_target("category", old) == deepest
    assert selectors.old_address_target("category", "home/lighting/lamps") == lamps


@pytest.mark.req("SHOP-02")
def test_category_cannot_be_moved_below_itself(four_levels):
    home, _, _, deepest = four_levels

    for target in (home, deepest):
        with pytest.raises(CategoryLoop):
            services.move_category(category_id=home.pk, parent_id=target.pk, **WHO)

    home.refresh_from_db()
    assert (home.path, home.parent_id) == ("home", None)


@pytest.mark.req("SHOP-12")
def test_slug_is_unique_among_sisters_and_free_elsewhere():
    home, garden = save("Home"), save("Garden")

    paths = [save("Lamps", parent).path for parent in (home, home, garden)]

    assert paths == ["home/lamps", "home/lamps-2", "garden/lamps"]
    with pytest.raises(IntegrityError), transaction.atomic():
        CategoryFactory(name="Lamps", slug="lamps", parent=home, path="elsewhere")


def test_name_without_latin_letters_gets_the_end_of_its_key():
    category = save("घर")

    assert category.slug == category.key[-8:].lower()


@pytest.mark.req("SHOP-02")
def test_hidden_category_hides_what_lies_below(four_levels):
    home = four_levels[0]
    services.save_category(
        data=CategoryData(name="Home", slug="home", is_published=False),
        category_id=home.pk,
        **WHO,
    )
    caches["fragments"].clear()

    assert selectors.find_category("home/lighting") is None
    assert selectors.category_tree() == ()


def test_paths_of_a_file_are_made_once():
    first = services.ensure_categories(paths=["Home/Lighting", "Home/Bath"], **WHO)
    again = services.ensure_categories(paths=["home / lighting"], **WHO)

    assert again["home / lighting"] == first["Home/Lighting"]
    assert sorted(counts()) == ["home", "home/bath", "home/lighting"]


@pytest.mark.parametrize("path", ["a\0b", "/".join("a" * 500), "", "/"])
def test_absurd_addresses_lead_nowhere(path):
    assert selectors.find_category(path) is None
    assert selectors.find_product_by_slug(path) is None
    assert selectors.old_address_target("product", path) is None
