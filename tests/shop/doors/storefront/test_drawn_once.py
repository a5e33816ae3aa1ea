"""What is drawn once and remembered never says something that is no longer so."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.template import Context, Template

from shop.directory.organization.models import StoreProfile
from shop.engagement.search import selectors as search
from shop.goods.catalog.models import Category
from tests.factories.catalog import CategoryFactory
from tests.shop.doors.storefront.shelves import shoe, show_all

pytestmark = pytest.mark.django_db


def drawn(source, **values):
    return Template("{% load drawn %}" + source).render(Context(values))


def test_a_card_is_drawn_anew_when_anything_on_it_changes():
    shoe(category=CategoryFactory(name="Footwear"))
    show_all()
    card = search.popular(1)[0]

    shown = drawn("{% product_card card %}", card=card)
    dearer = drawn("{% product_card card %}", card=replace(card, price=Decimal(3000)))
    smaller = drawn(
        "{% product_card card %}", card=replace(card, image_renditions={"240": "x.jpg"})
    )

    assert "₹2,499.00" in shown
    assert "₹3,000.00" in dearer
    assert 'src="/media/x.jpg"' in smaller
    assert shown == drawn("{% product_card card %}", card=replace(card))


def test_only_the_first_card_of_a_list_is_loaded_at_once():
    shoe(category=CategoryFactory(name="Footwear"))
    show_all()
    card = replace(search.popular(1)[0], image_renditions={"240": "x.jpg"})

    assert 'fetchpriority="high"' in drawn("{% product_card card True %}", card=card)
    assert 'loading="lazy"' in drawn("{% product_card card %}", card=card)


def test_the_category_that_a_visitor_is_in_is_marked_and_no_other(client):
    shoe(category=CategoryFactory(name="Footwear"))
    shoe("Desk Lamp", sku="LAMP-1", category=CategoryFactory(name="Lighting"))
    show_all()

    pages = {name: client.get(f"/c/{name}/").content.decode() for name in ("footwear", "lighting")}

    for name, html in pages.items():
        marked = html.split('aria-current="true"')
        assert len(marked) == 2
        assert marked[0].endswith(f'href="/c/{name}/" ')
    assert 'aria-current="true"' not in client.get("/").content.decode()


def test_a_new_name_of_a_category_is_in_the_menu_as_soon_as_the_tree_is_read_again(client):
    shoe(category=CategoryFactory(name="Footwear"))
    show_all()
    assert "Footwear" in client.get("/").content.decode()

    Category.objects.filter(name="Footwear").update(name="Shoes and boots")
    show_all()

    html = client.get("/").content.decode()
    assert "Shoes and boots" in html
    assert ">Footwear<" not in html


def test_the_footer_names_the_store_as_it_is(client):
    StoreProfile.objects.update_or_create(
        pk=1, defaults={"legal_name": "Modern Goods Pvt Ltd", "city": "Pune", "gstin": ""}
    )

    html = client.get("/").content.decode()

    assert "Modern Goods Pvt Ltd" in html
    assert "Pune" in html
