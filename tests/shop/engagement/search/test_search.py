"""Finding products by words, codes and misspellings."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.engagement.search import selectors, services
from shop.engagement.search.selectors import SearchQuery
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def product(name, *, sku=None, price="100.00", stock=10, categories=(), **fields):
    row = ProductFactory(name=name, categories=categories, **fields)
    sellable_variant(product=row, price=price, stock=stock, **({"sku": sku} if sku else {}))
    return row


def index():
    services.rebuild(now=NOW)
    caches["fragments"].clear()


def names(text, **rest):
    return [card.name for card in selectors.browse(SearchQuery(text=text, **rest)).cards]


@pytest.mark.req("SHOP-08")
def test_misspelled_words_find_what_was_meant():
    product("Running Shoes")
    product("Walking Boots")
    index()

    page = selectors.browse(SearchQuery(text="runnng shoes"))

    assert [card.name for card in page.cards] == ["Running Shoes"]
    assert page.suggestion == "running shoes"


@pytest.mark.req("SHOP-08")
@pytest.mark.parametrize("text", ["rnuning", "shooes", "runing shoe", "RUNNING", "Shoes running"])
def test_swapped_doubled_and_missing_letters_are_forgiven(text):
    product("Running Shoes")
    product("Kettle")
    index()

    assert names(text) == ["Running Shoes"]


@pytest.mark.req("SHOP-08")
def test_full_sku_comes_first():
    product("NS-100 adapter cable", sku="CABLE-1")
    product("NS-100 case", sku="CASE-1")
    product("Lamp", sku="NS-100")
    index()

    assert names("ns-100")[0] == "Lamp"
    assert names("NS 100")[0] == "Lamp"
    assert len(names("ns-100")) == 3


@pytest.mark.req("SHOP-08")
def test_three_letters_of_a_name_are_enough():
    product("Lantern")
    product("Lamp")
    index()

    assert names("lan") == ["Lantern"]


@pytest.mark.req("SHOP-08")
def test_name_that_begins_so_comes_before_one_that_holds_it_and_before_a_description():
    product("Cotton bag", description="<p>Fits a lamp.</p>")
    product("Desk lamp")
    product("Lamp shade")
    index()

    assert names("lamp") == ["Lamp shade", "Desk lamp", "Cotton bag"]


def test_plural_and_singular_find_each_other():
    product("Wooden box")
    product("Cherries")
    index()

    assert names("boxes") == ["Wooden box"]
    assert names("cherry") == ["Cherries"]


def test_marks_on_letters_do_not_matter():
    product("Café crème")
    index()

    assert names("cafe creme") == ["Café crème"]


@pytest.mark.parametrize(
    "text", ["'", '"', "a & | !", "a:*b", "(", "*", "NEAR(a b)", "%", "\x00", "-", "🙂"]
)
def test_signs_of_a_query_language_are_harmless(text):
    product("Lamp")
    index()

    assert names(text) == []


def test_question_without_an_answer_is_empty_and_not_a_suggestion():
    product("Lamp")
    index()

    page = selectors.browse(SearchQuery(text="xylophone"))

    assert (page.cards, page.total, page.suggestion, page.pages) == ((), 0, "", 1)


def test_hidden_products_are_not_found():
    product("Lamp", is_published=False)
    index()

    assert names("lamp") == []
    assert selectors.browse(SearchQuery()).total == 0


@pytest.mark.req("SHOP-08")
def test_filters_narrow_and_sorts_order():
    home = CategoryFactory(name="Home")
    light = CategoryFactory(name="Light", parent=home)
    product("Lamp A", price="300.00", categories=[light], brand="Asha")
    product("Lamp B", price="100.00", categories=[light], brand="Bela", stock=0)
    product("Chair C", price="200.00", categories=[home], brand="Asha")
    index()

    assert names("", category_path="home", sort="price") == ["Lamp B", "Chair C", "Lamp A"]
    assert names("", category_path="home", sort="-price") == ["Lamp A", "Chair C", "Lamp B"]
    assert names("", category_path="home/light", sort="name") == ["Lamp A", "Lamp B"]
    assert names("", brands=("Asha",), sort="name") == ["Chair C", "Lamp A"]
    assert names("lamp", in_stock=True) == ["Lamp A"]
    assert names("", price_min=Decimal(150), price_max=Decimal(250)) == ["Chair C"]
    assert names("", category_path="garden") == []


def test_pages_hold_all_products_once():
    for number in range(30):
        product(f"Lamp {number:02d}")
    index()

    first = selectors.browse(SearchQuery(sort="name"))
    second = selectors.browse(SearchQuery(sort="name", page=2))

    assert (len(first.cards), len(second.cards), first.total, first.pages) == (24, 6, 30, 2)
    assert len({card.name for card in (*first.cards, *second.cards)}) == 30
    assert selectors.browse(SearchQuery(page=99)).page == 2


@pytest.mark.req("SHOP-08")
@pytest.mark.parametrize(
    "query",
    [
        SearchQuery(),
        SearchQuery(text="lamp"),
        SearchQuery(text="lampp"),
        SearchQuery(category_path="home", brands=("Asha", "Bela"), in_stock=True),
    ],
)
def test_number_of_queries_does_not_grow_with_products(query):
    home = CategoryFactory(name="Home")
    product("Lamp", categories=[home], brand="Asha")
    index()

    def queries():
        caches["fragments"].clear()
        with CaptureQueriesContext(connection) as captured:
            page = selectors.browse(query)
        return len(captured), page.total

    with_one = queries()
    for number in range(9):
        product(f"Lamp {number}", categories=[home], brand="Bela")
    index()
    with_ten = queries()

    assert (with_one[1], with_ten[1]) == (1, 10)
    assert with_one[0] == with_ten[0] <= (12 if query.text == "lampp" else 7)


def test_second_visitor_within_half_a_minute_costs_few_queries():
    product("Lamp")
    index()
    selectors.browse(SearchQuery(text="lamp"))

    with CaptureQueriesContext(connection) as captured:
        selectors.browse(SearchQuery(text="lamp", page=1))

    assert len(captured) == 2


def test_suggestions_name_products_and_categories():
    light = CategoryFactory(name="Lighting", product_count=3)
    product("Light bulb", categories=[light])
    index()

    found = selectors.suggest("lig")

    assert [card.name for card in found.cards] == ["Light bulb"]
    assert [category.path for category in found.categories] == ["lighting"]
    assert selectors.suggest("lihgt").correction == "light"
    assert selectors.suggest("l").cards == ()


@pytest.mark.parametrize(
    "query",
    [
        SearchQuery(price_min=Decimal("1e60")),
        SearchQuery(price_min=Decimal("Infinity")),
        SearchQuery(price_max=Decimal(-1)),
        SearchQuery(text="x" * 100_000),
        SearchQuery(category_path="home\0"),
        SearchQuery(brands=("a\0",)),
        SearchQuery(attributes={"color\0": ("a",)}),
        SearchQuery(attributes={f"code-{number}": ("a",) for number in range(500)}),
    ],
)
def test_absurd_questions_find_nothing_and_break_nothing(query):
    product("Lamp")
    index()

    assert selectors.browse(query).total == 0


def test_filler_words_do_not_stand_in_the_way():
    product("Running Shoes")
    index()

    assert names("shoes for running") == ["Running Shoes"]


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["10", "7", "9", "8"], ["7", "8", "9", "10"]),
        (["256 GB", "64 GB", "1024 GB"], ["64 GB", "256 GB", "1024 GB"]),
        (["XL", "S", "M", "L"], ["S", "M", "L", "XL"]),
        (["Red", "Blue"], ["Blue", "Red"]),
    ],
)
def test_values_of_a_filter_stand_in_the_order_in_which_people_read_them(labels, expected):
    shoes = ProductFactory(name="Running Shoes", option_names=["Size"])
    for label in labels:
        sellable_variant(product=shoes, stock=5, option_values={"Size": label})
    index()

    page = selectors.browse(SearchQuery())

    (size,) = [facet for facet in page.facets if facet.label == "Size"]
    assert [value.label for value in size.values] == expected
