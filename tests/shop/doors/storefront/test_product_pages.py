"""The page of one product: price, stock, variants, structured data, preview."""

import re

import pytest
from django.utils import timezone

from shop.core.actors import SYSTEM_ACTOR
from shop.goods.catalog import services as catalog
from shop.goods.catalog.data import CategoryData, ProductData, VariantData
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.customers import StaffFactory
from tests.factories.pricing import ShippingMethodFactory, sellable_variant
from tests.shop.doors.storefront.shelves import MOST_QUERIES, questions, shoe, show_all, structured

pytestmark = pytest.mark.django_db


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

    answer = client.get(f"/p/{product.slug}/", {"v": "no such thing"})

    assert 'name="sku" value="RUN-1"' in answer.content.decode()


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
