"""What a visitor finds: home, categories, search and filters."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from shop.goods.catalog.models import Attribute, AttributeValue
from shop.sales.cart.models import CartLine
from tests.factories.catalog import AttributeFactory, CategoryFactory, ProductTypeFactory
from tests.factories.customers import StaffFactory
from tests.factories.pricing import sellable_variant
from tests.shop.doors.storefront.shelves import (
    MOST_LIST_QUERIES,
    questions,
    shoe,
    show_all,
    structured,
)

pytestmark = pytest.mark.django_db


@pytest.mark.req("SHOP-01")
def test_home_shows_categories_featured_products_and_running_offers_to_anybody(client):
    footwear = CategoryFactory(name="Footwear")
    CategoryFactory(name="Secret", is_published=False)
    shoe(category=footwear, is_featured=True)
    shoe("Hidden Shoes", sku="HID-1", category=footwear, is_featured=True, is_published=False)
    show_all()

    html = client.get("/").content.decode()

    assert 'href="/c/footwear/"' in html
    assert "Running Shoes" in html
    assert "10 % off orders above ₹1,000.00" in html
    assert "Hidden Shoes" not in html
    assert "Secret" not in html


def test_a_visit_makes_no_session_and_sets_no_cookie_but_that_of_the_forms(client):
    shoe(category=CategoryFactory(name="Footwear"))
    show_all()

    for path in ("/", "/c/footwear/", "/search/?q=shoes"):
        assert client.get(path).status_code == 200

    assert set(client.cookies) == {"csrftoken"}
    assert Session.objects.count() == 0


@pytest.mark.req("SHOP-02")
def test_four_levels_of_categories_are_reachable_with_breadcrumb_and_counts(client):
    names = ["Home", "Lighting", "Lamps", "Desk lamps"]
    parent = None
    for name in names:
        parent = CategoryFactory(name=name, parent=parent)
    shoe("Reading lamp", category=parent)
    show_all()

    path = "home/lighting/lamps/desk-lamps"
    pages = [client.get(f"/c/{'/'.join(path.split('/')[:depth])}/") for depth in range(1, 5)]

    assert [page.status_code for page in pages] == [200] * 4
    html = pages[3].content.decode()
    trail = structured(html, "BreadcrumbList")["itemListElement"]
    assert [item["name"] for item in trail] == ["Home", *names]
    assert trail[3]["item"] == "http://testserver/c/home/lighting/lamps/"
    assert "1 product<" in html
    assert all("Reading lamp" in page.content.decode() for page in pages)


@pytest.mark.req("SHOP-02")
def test_page_two_of_thirty_products_shows_the_other_six(client):
    footwear = CategoryFactory(name="Footwear")
    for number in range(30):
        shoe(f"Shoe number {number:02d}", sku=f"S-{number:02d}", category=footwear)
    show_all()

    def names(page):
        return set(re.findall(r"Shoe number \d\d", page.content.decode()))

    first, second = (client.get("/c/footwear/", {"page": page}) for page in (1, 2))

    assert len(names(first)) == 24
    assert len(names(second)) == 6
    assert not names(first) & names(second)
    assert 'href="?page=2"' in first.content.decode()
    assert "Load more" not in second.content.decode()


def test_a_script_gets_only_the_next_cards_and_a_browser_the_whole_page(client):
    footwear = CategoryFactory(name="Footwear")
    for number in range(25):
        shoe(f"Shoe {number:02d}", sku=f"S-{number:02d}", category=footwear)
    show_all()

    part = client.get("/c/footwear/?page=2", headers={"HX-Request": "true", "HX-Target": "more"})

    assert "<html" not in part.content.decode()
    assert part.content.decode().count("<article") == 1
    assert "HX-Request" in part["Vary"]


@pytest.mark.req("SHOP-05")
def test_a_filterable_choice_shows_on_the_page_and_as_a_filter_with_counts(client):
    footwear = CategoryFactory(name="Footwear")
    kind = ProductTypeFactory(code="shoe")
    material = AttributeFactory(
        product_type=kind,
        code="material",
        name="Material",
        kind=Attribute.Kind.CHOICE,
        is_filterable=True,
    )
    for number, value in enumerate(["Leather", "Leather", "Canvas"]):
        product = shoe(f"Shoe {number}", sku=f"M-{number}", category=footwear, product_type=kind)
        choice, _ = material.choices.get_or_create(value=value)
        AttributeValue.objects.create(
            product=product, attribute=material, choice=choice, text=value
        )
    show_all()

    listed = client.get("/c/footwear/").content.decode()
    filtered = client.get("/c/footwear/?f_material=Canvas").content.decode()
    page = client.get(f"/p/{product.slug}/").content.decode()

    assert re.search(r'value="Leather".*?facet__count">2<', listed)
    assert "<dt>Material</dt><dd>Canvas</dd>" in page
    assert "1 product<" in filtered
    assert "Material: Canvas" in filtered
    assert re.search(r'value="Leather".*?facet__count">2<', filtered)


@pytest.mark.req("SHOP-08")
@pytest.mark.parametrize("words", ["runnng shoes", "run", "running shoe", "RUN-1", "shoes"])
def test_search_finds_by_misspelling_beginning_word_and_sku(client, words):
    shoe()
    shoe("Cotton shirt", sku="SHIRT-9")
    show_all()

    html = client.get("/search/", {"q": words}).content.decode()

    assert ">Running Shoes</a>" in html
    assert ">Cotton shirt</a>" not in html


@pytest.mark.req("SHOP-08")
def test_a_whole_sku_comes_first(client):
    shoe("RUN-1 look-alike", sku="OTHER-1")
    shoe("Plain name", sku="RUN-1")
    show_all()

    html = client.get("/search/", {"q": "run-1"}).content.decode()

    assert html.index(">Plain name<") < html.index("look-alike<")


@pytest.mark.req("SHOP-08")
def test_filters_of_price_stock_and_brand_narrow_the_list_and_can_be_taken_away(client):
    shoe("Cheap", sku="A", price="100", brand="Fjell")
    shoe("Dear", sku="B", price="900", brand="Fjell")
    shoe("Gone", sku="C", price="900", brand="Fjell", stock=0)
    shoe("Other", sku="D", price="900", brand="Kiln")
    show_all()

    html = client.get("/search/?brand=Fjell&min=500&stock=1").content.decode()

    assert re.findall(r'product-card__link" href="[^"]+">([^<]+)', html) == ["Dear"]
    assert 'href="/search/?min=500&amp;stock=1"' in html
    assert "Brand: Fjell" in html
    assert "From ₹500.00" in html


@pytest.mark.parametrize(
    "query",
    [
        *("page=0", "page=-1", "page=9999999999999999999", "page=²", "page=1&page=2"),
        *("min=abc", "min=NaN&max=Infinity", "min=1e400", "sort=drop", "stock=maybe"),
        *("brand=%01", "q=%01", "q=" + "x" * 5000, "f_=1", "f_a=" + "y" * 999),
        *("q=%27%22%28%29%2A%3A-AND+OR+NOT+NEAR%28", "q=%F0%9F%91%9F"),
    ],
)
def test_nonsense_in_the_address_is_left_out_and_never_an_error(client, query):
    shoe()
    show_all()

    assert client.get(f"/search/?{query}").status_code == 200


def test_nothing_found_offers_a_way_on(client):
    shoe()
    show_all()

    html = client.get("/search/", {"q": "zzqqxx"}).content.decode()

    assert "Nothing found for “zzqqxx”" in html
    assert "See all products" in html
    assert "Popular now" in html


@pytest.mark.req("SHOP-08")
def test_suggestions_name_products_categories_and_the_way_to_all(client):
    shoe(category=CategoryFactory(name="Running"))
    show_all()

    html = client.get("/search/suggest/", {"q": "runn"}).content.decode()

    assert 'href="/p/' in html
    assert 'href="/c/running/"' in html
    assert 'href="/search/?q=runn"' in html
    assert client.get("/search/suggest/", {"q": "r"}).content.strip() == b""


@pytest.mark.req("SHOP-08")
@pytest.mark.parametrize("path", ["/", "/c/footwear/", "/search/", "/search/?q=shoe"])
def test_lists_ask_the_same_few_questions_for_one_row_and_for_ten(client, path):
    footwear = CategoryFactory(name="Footwear")
    shoe("Shoe 0", sku="Q-0", category=footwear)
    show_all()
    one = questions(client, path)
    for number in range(1, 10):
        shoe(f"Shoe {number}", sku=f"Q-{number}", category=footwear)
    show_all()

    ten = questions(client, path)

    assert ten == one
    assert ten <= MOST_LIST_QUERIES


def test_the_cart_figure_in_the_header_is_the_number_of_units(client):
    shoe()
    show_all()
    client.post("/cart/add/", {"sku": "RUN-1", "quantity": "3"})

    assert 'data-count="3">3</span>' in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/nothing/", "/p/nothing/", "/c/nothing/here/"])
def test_a_missing_page_keeps_the_frame_and_offers_the_search(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "This page is not here" in answer.content.decode()
    assert 'aria-label="Search"' in answer.content.decode()


@pytest.mark.req("SHOP-08")
def test_filters_that_reach_few_products_make_room_unless_they_are_applied(client):
    kind = ProductTypeFactory(code="thing")
    yes = shoe("Thing", sku="YES", product_type=kind)
    no = shoe("Other thing", sku="NO", product_type=kind)
    for number in range(12):
        attribute = AttributeFactory(
            product_type=kind, code=f"fact-{number}", name=f"Fact {number}", is_filterable=True
        )
        for product, text in ((yes, "yes"), (no, "no")):
            AttributeValue.objects.create(product=product, attribute=attribute, text=text)
    show_all()

    everything = client.get("/search/").content.decode()
    hidden = next(n for n in range(12) if f'name="f_fact-{n}"' not in everything)
    narrowed = client.get(f"/search/?f_fact-{hidden}=yes").content.decode()

    assert len(set(re.findall(r'name="(f_fact-\d+)"', everything))) == 8
    assert re.search(rf'name="f_fact-{hidden}" value="yes"[^>]* checked', narrowed)


@pytest.mark.req("SHOP-08")
def test_a_ticked_filter_stays_in_sight_when_no_product_is_left(client):
    shoe(brand="Asha", category=CategoryFactory(name="Footwear"))
    shoe("Hat", sku="HAT-1", brand="Bela")
    show_all()

    for path in ("/search/?q=hat&brand=Asha", "/search/?brand=Nobody", "/search/?f_colour=Red"):
        html = client.get(path).content.decode()
        name, value = path.rpartition("?")[2].rpartition("&")[2].split("=")
        ticked = re.search(
            rf'name="{name}" value="{value}"[^>]* checked.*?facet__count">(\d+)<', html, re.DOTALL
        )
        assert ticked, path
        assert ticked[1] == "0", path
        assert "No product fits all of these filters" in html


@pytest.mark.req("CART-01")
def test_a_card_of_a_product_without_choices_adds_to_the_cart_without_scripts(client):
    footwear = CategoryFactory(name="Footwear")
    simple = shoe(category=footwear)
    choosy = shoe("Boots", sku="B-1", category=footwear)
    sellable_variant(product=choosy, sku="B-2", title="Brown")
    shoe("Clogs", sku="CLOG-1", category=footwear, stock=0)
    show_all()
    browser = Client(enforce_csrf_checks=True)
    html = browser.get("/c/footwear/").content.decode()

    buttons = re.findall(r'form="quick-add" name="sku" value="([^"]+)"', html)
    form = re.search(r'<form id="quick-add" method="post" action="([^"]+)".*?</form>', html)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form[0])[1]
    answer = browser.post(
        form[1], {"csrfmiddlewaretoken": token, "quantity": "1", "sku": buttons[0]}
    )

    assert buttons == ["RUN-1"]
    assert answer.status_code == 302
    line = CartLine.objects.get()
    assert (line.variant.product, line.quantity) == (simple, 1)


@pytest.mark.req("SHOP-02")
def test_a_hidden_category_is_missing_for_customers_and_a_preview_for_staff(client):
    hidden = CategoryFactory(name="Winter", is_published=False)
    below = CategoryFactory(name="Gloves", parent=hidden)
    shoe("Warm Boots", category=hidden)
    shoe("Mittens", sku="MIT-1", category=below)
    shoe("Secret Boots", sku="SEC-1", category=hidden, is_published=False)
    show_all()

    assert client.get("/c/winter/").status_code == 404
    assert client.get("/c/winter/gloves/").status_code == 404
    client.force_login(StaffFactory(role="Manager"))
    html = client.get("/c/winter/").content.decode()
    assert "Only staff see this category" in html
    assert "Warm Boots" in html
    assert "Mittens" in html
    assert "Secret Boots" not in html
    assert client.get("/c/never-was/").status_code == 404


@pytest.mark.req("SHOP-13")
def test_a_category_has_one_address_however_many_slashes_were_typed(client):
    CategoryFactory(name="Footwear")
    show_all()

    answer = client.get("/c/footwear//")

    assert (answer.status_code, answer["Location"]) == (301, "/c/footwear/")


@pytest.mark.req("SHOP-08")
def test_where_nothing_was_found_there_is_nothing_to_filter_or_sort(client):
    shoe(category=CategoryFactory(name="Footwear"))
    show_all()

    nothing = client.get("/search/?q=zzqqxx").content.decode()
    filtered = client.get("/search/?min=99999999").content.decode()

    assert "<facet-panel>" not in nothing
    assert 'name="sort"' not in nothing
    assert "<facet-panel>" in filtered  # here a filter is why nothing was found
