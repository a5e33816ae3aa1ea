"""The first page, the menu and Ctrl+K: figures that agree with their lists, by role."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from shop.doors.backoffice import command_search
from shop.sales.payments.models import Payment
from tests.factories.orders import placed_order, registered_customer
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
CHANGE_LISTS = {
    "Orders": "admin:orders_order_changelist",
    "Payments": "admin:payments_payment_changelist",
    "Leads": "admin:customers_lead_changelist",
    "Products": "admin:catalog_product_changelist",
}


@pytest.fixture
def busy_day():
    """Orders of today and of last week, a surplus payment, a shelf that is almost empty."""
    now = timezone.now()
    customer = registered_customer()
    placed_order(customer=customer, payment_method="cod", key="a", now=now)
    placed_order(customer=customer, payment_method="card", key="b", now=now)
    placed_order(customer=customer, payment_method="cod", key="c", now=now - timedelta(days=9))
    Payment.objects.filter(method="card").update(is_surplus=True, captured_amount=10)
    sellable_variant(sku="LOW-1", stock=2)
    sellable_variant(sku="MANY-1", stock=500)


@pytest.mark.req("BO-01")
def test_each_figure_leads_to_a_list_of_as_many_rows(at_desk, client, busy_day):
    at_desk("Manager")

    figures = client.get(reverse("admin:index")).context["figures"]

    assert {str(figure.label): figure.value for figure in figures} == {
        "Orders today": 2,
        "To pack": 2,
        "Waiting for payment": 1,
        "Money to give back": 1,
        "Shelves running low": 1,
        "Mails given up": 0,
    }
    for figure in figures:
        page = client.get(figure.link)
        assert page.status_code == 200, figure.link
        assert len(page.context["cl"].result_list) == figure.value, figure.link


def test_a_seller_counts_own_orders_only(at_desk, client, busy_day):
    at_desk("Seller")

    figures = client.get(reverse("admin:index")).context["figures"]

    assert {str(figure.label): figure.value for figure in figures} == {
        "Orders today": 0,
        "To pack": 0,
        "Waiting for payment": 0,
    }


@pytest.mark.req("BO-09")
@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("Manager", {"Orders", "Payments", "Leads", "Products"}),
        ("Sales rep", {"Orders", "Leads", "Products"}),
        ("Service agent", {"Orders", "Payments", "Leads", "Products"}),
        ("Warehouse", {"Orders", "Products"}),
        ("Seller", {"Orders", "Products"}),
    ],
)
def test_the_menu_has_the_tabs_of_the_role_and_hidden_addresses_are_closed(
    at_desk, client, role, shown
):
    at_desk(role)
    page = client.get(reverse("admin:index")).content.decode()

    for title, name in CHANGE_LISTS.items():
        address = reverse(name)
        assert (f'href="{address}"' in page) == (title in shown), title
        assert (client.get(address).status_code == 200) == (title in shown), title


def test_the_page_icon_is_the_stores_own(root):
    page = root.get(reverse("admin:index")).content.decode()

    assert "img/favicon" in page


@pytest.mark.req("SEC-01")
def test_the_search_finds_only_what_the_role_may_open(at_desk, rf):
    seller = at_desk("Seller")
    mine = sellable_variant(sku="MINE-1")
    mine.product.owner, mine.product.name = seller, "Trail Mine"
    mine.product.save()
    theirs = sellable_variant(sku="THEIRS-1")
    theirs.product.name = "Trail Theirs"
    theirs.product.save()
    own = placed_order((mine, 1), payment_method="cod", key="a")
    foreign = placed_order((theirs, 1), payment_method="cod", key="b")

    def found(user, text):
        request = rf.get("/admin/")
        request.user = user
        return [result.title for result in command_search.find(request, text)]

    assert found(seller, "Trail") == ["Trail Mine"]
    assert found(seller, own.number) == [own.number]
    assert found(seller, foreign.number) == []
    assert found(seller, own.email) == []
    assert found(seller, own.full_name) == []
    assert found(seller, "mine-1") == [own.number]
    manager = at_desk("Manager")
    assert found(manager, "Trail") == ["Trail Mine", "Trail Theirs"]
    assert f"{own.number} · {own.full_name}" in found(manager, own.email)
    assert len(found(manager, own.email)) == 3
    assert found(manager, "T") == []
