"""What a visitor finds: home, categories, products, search, and what robots read."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.core.actors import SYSTEM_ACTOR
from shop.engagement.search import services as search
from shop.goods.catalog import services as catalog
from shop.goods.catalog.data import CategoryData, ProductData, VariantData
from shop.goods.catalog.models import Attribute, AttributeValue, Product
from tests.factories.catalog import (
    AttributeFactory,
    CategoryFactory,
    ProductFactory,
    ProductTypeFactory,
)
from tests.factories.customers import StaffFactory
from tests.factories.pricing import ShippingMethodFactory, sellable_variant

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8


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


def test_a_visit_sets_no_cookie_and_makes_no_session(client):
    shoe(category=CategoryFactory(name="Footwear"))
    show_all()

    for path in ("/", "/c/footwear/", "/search/?q=shoes"):
        assert client.get(path).status_code == 200

    assert client.cookies == {}
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


@pytest.mark.req("SHOP-03", "SHOP-14")
def test_product_page_and_its_structured_data_tell_the_same_price_and_stock(client):
    ShippingMethodFactory()
    product = shoe(
        "Studio headphones",
        price="124999",
        brand="Northwave",
        description="<p>Closed back.</p>",
        short_description="For long sessions.",
    )
    show_all()

    html = client.get(f"/p/{product.slug}/").content.decode()

    assert "₹1,24,999.00" in html
    assert 'data-amount="124999.00" data-currency="INR"' in html
    assert "<p>Closed back.</p>" in html
    assert "In stock" in html
    assert "Price includes GST" in html
    assert "Returns within 30 days of delivery" in html
    assert "Delivered between" in html
    assert 'action="/cart/add/"' in html
    assert "Add to cart" in html
    facts = structured(html, "Product")
    assert facts["offers"]["price"] == "124999.00"
    assert facts["offers"]["priceCurrency"] == "INR"
    assert facts["offers"]["availability"] == "https://schema.org/InStock"
    assert facts["brand"]["name"] == "Northwave"
    assert "aggregateRating" not in facts


def test_structured_data_cannot_be_left_by_a_name(client):
    product = shoe("</script><script>alert(1)</script>")
    show_all()

    html = client.get(f"/p/{product.slug}/").content.decode()

    assert "<script>alert" not in html
    assert structured(html, "Product")["name"] == "</script><script>alert(1)</script>"


@pytest.mark.req("SHOP-03")
def test_an_unpublished_product_is_missing_for_customers_and_a_preview_for_staff(client):
    product = shoe(is_published=False)

    assert client.get(f"/p/{product.slug}/").status_code == 404
    client.force_login(StaffFactory(role="Manager"))
    preview = client.get(f"/p/{product.slug}/")
    assert preview.status_code == 200
    assert "not published" in preview.content.decode()


@pytest.mark.req("SHOP-03")
def test_a_sold_out_product_says_so_and_offers_no_form(client):
    product = shoe(stock=0)
    show_all()

    html = client.get(f"/p/{product.slug}/").content.decode()

    assert "Sold out" in html
    assert 'id="add-to-cart"' not in html
    offers = structured(html, "Product")["offers"]
    assert offers["availability"] == "https://schema.org/OutOfStock"


def test_few_left_is_said_only_when_true(client):
    product = shoe(stock=3)

    assert "Only 3 left" in client.get(f"/p/{product.slug}/").content.decode()


@pytest.mark.req("SHOP-04")
def test_choosing_a_variant_changes_price_stock_and_what_is_added(client):
    product = ProductFactory(name="Trail shoe", option_names=["Size", "Colour"])
    for size, colour, price, stock in (
        ("8", "Black", "1999.00", 10),
        ("9", "Black", "2199.00", 2),
        ("9", "White", "2199.00", 0),
    ):
        sellable_variant(
            product=product,
            sku=f"T-{size}-{colour}",
            title=f"{size} / {colour}",
            option_values={"Size": size, "Colour": colour},
            price=price,
            stock=stock,
        )

    first = client.get(f"/p/{product.slug}/").content.decode()
    chosen = client.get(f"/p/{product.slug}/?v=T-9-Black").content.decode()
    gone = client.get(f"/p/{product.slug}/?v=T-9-White").content.decode()

    assert 'name="sku" value="T-8-Black"' in first
    assert structured(first, "Product")["offers"]["price"] == "1999.00"
    assert 'name="sku" value="T-9-Black"' in chosen
    assert structured(chosen, "Product")["offers"]["price"] == "2199.00"
    assert "Only 2 left" in chosen
    assert "Sold out" in gone
    # 8 / White does not exist: the button says so and leads to a white one that does.
    assert re.search(r'option--none" href="\?v=T-9-White"', first)


def test_an_unknown_variant_in_the_address_falls_back_to_one_in_stock(client):
    product = shoe()

    answer = client.get(f"/p/{product.slug}/", {"v": "no such \x00 thing"})

    assert 'name="sku" value="RUN-1"' in answer.content.decode()


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
        *("brand=%00", "q=%00%01", "q=" + "x" * 5000, "f_=1", "f_a=" + "y" * 999),
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


@pytest.mark.req("SHOP-12")
def test_meta_fields_appear_in_the_head_and_have_sensible_defaults(client):
    category = CategoryFactory(name="Footwear", meta_description="All shoes")
    named = shoe(category=category, meta_title="Best shoes", meta_description="Buy them")
    plain = shoe("Plain", sku="P", short_description="Simple.")
    show_all()

    html = client.get(f"/p/{named.slug}/").content.decode()
    default = client.get(f"/p/{plain.slug}/").content.decode()
    listed = client.get("/c/footwear/").content.decode()

    assert "<title>Best shoes</title>" in html
    assert '<meta name="description" content="Buy them">' in html
    assert "<title>Plain · Modern Store</title>" in default
    assert '<meta name="description" content="Simple.">' in default
    assert '<meta name="description" content="All shoes">' in listed


@pytest.mark.req("SHOP-12")
def test_old_addresses_of_products_and_categories_lead_to_the_new_ones_for_good(client):
    now = timezone.now()
    category = catalog.save_category(data=CategoryData(name="Shoes"), actor=SYSTEM_ACTOR, now=now)
    old, new = (
        ProductData(name=name, slug=slug, is_published=True, variants=(VariantData(sku="A"),))
        for name, slug in (("Old name", ""), ("New name", "new-name"))
    )
    product = catalog.save_product(data=old, actor=SYSTEM_ACTOR, now=now)
    catalog.save_category(
        data=CategoryData(name="Footwear", slug="footwear"),
        category_id=category.pk,
        actor=SYSTEM_ACTOR,
        now=now,
    )
    catalog.save_product(data=new, product_id=product.pk, actor=SYSTEM_ACTOR, now=now)

    moved, moved_category = client.get("/p/old-name/"), client.get("/c/shoes/")

    assert (moved.status_code, moved["Location"]) == (301, "/p/new-name/")
    assert (moved_category.status_code, moved_category["Location"]) == (301, "/c/footwear/")
    assert client.get("/p/never-was/").status_code == 404


@pytest.mark.req("SHOP-13")
def test_sitemap_lists_each_published_page_once_and_drops_it_when_hidden(client):
    category = CategoryFactory(name="Footwear")
    product = shoe(category=category)
    shoe("Hidden", sku="H", is_published=False)

    def addresses():
        tree = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - ours
        return [
            place.text for place in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
        ]

    assert addresses() == [
        "http://testserver/",
        "http://testserver/c/footwear/",
        f"http://testserver/p/{product.slug}/",
    ]
    Product.objects.filter(pk=product.pk).update(is_published=False)
    assert f"http://testserver/p/{product.slug}/" not in addresses()


@pytest.mark.req("SHOP-13")
def test_a_large_sitemap_is_split_into_parts(client, monkeypatch):
    monkeypatch.setattr("shop.doors.storefront.views.site_files.MOST_ADDRESSES", 2)
    products = [shoe(f"Shoe {number}", sku=f"S-{number}") for number in range(4)]

    index = client.get("/sitemap.xml").content.decode()
    parts = [client.get(f"/sitemap.xml?part={number}").content.decode() for number in (1, 2, 3)]

    assert index.count("<sitemap>") == 3
    assert [part.count("<url>") for part in parts] == [2, 2, 1]
    assert all(sum(f"/p/{row.slug}/<" in part for part in parts) == 1 for row in products)
    assert client.get("/sitemap.xml?part=4").status_code == 404
    assert client.get("/sitemap.xml?part=x").status_code in {200, 404}


@pytest.mark.req("SHOP-13")
def test_robots_keeps_out_of_private_pages_and_names_the_sitemap(client):
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /cart/\n" in text
    assert "Disallow: /account/\n" in text
    assert "Sitemap: http://testserver/sitemap.xml\n" in text


@pytest.mark.req("SHOP-13")
def test_filters_and_pages_share_one_canonical_address(client):
    shoe(category=CategoryFactory(name="Footwear"))
    show_all()

    html = client.get("/c/footwear/?brand=x&page=2&sort=price").content.decode()

    assert '<link rel="canonical" href="http://testserver/c/footwear/">' in html


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
    assert ten <= MOST_QUERIES


def test_a_product_page_asks_the_same_few_questions_for_one_variant_and_for_ten(client):
    ShippingMethodFactory()
    product = shoe(category=CategoryFactory(name="Footwear"))
    show_all()
    one = questions(client, f"/p/{product.slug}/")
    for number in range(9):
        sellable_variant(product=product, sku=f"V-{number}", title=f"Variant {number}")
    show_all()

    ten = questions(client, f"/p/{product.slug}/")

    assert ten == one
    assert ten <= MOST_QUERIES


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
