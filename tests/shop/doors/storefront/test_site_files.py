"""What robots read, and which address counts."""

from xml.etree import ElementTree

import pytest

from shop.goods.catalog.models import Product
from tests.factories.catalog import CategoryFactory
from tests.shop.doors.storefront.shelves import shoe, show_all

pytestmark = pytest.mark.django_db


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
