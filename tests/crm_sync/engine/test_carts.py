"""Carts and opportunities: one deal per cart, for ever."""

from datetime import timedelta

import pytest

from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from shop.sales.amendments import services as amendments
from shop.sales.cart import services as carts
from shop.sales.cart.models import Cart, CartState
from shop.sales.orders.models import Order
from tests.factories.cart import cart_with
from tests.factories.crm_sync import NOW, dead_letters
from tests.factories.orders import placed_order, registered_customer
from tests.factories.payments import started_payment, tell
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
DEAL = "SELECT Shop_Id__c, StageName, IsWon, IsClosed, Amount FROM Opportunity"


@pytest.mark.req("RULE-03")
@pytest.mark.parametrize(("price", "deals"), [("500.00", 0), ("500.01", 1)])
def test_only_a_cart_above_the_threshold_becomes_an_opportunity(org, sync, price, deals):
    cart_with((sellable_variant(price=price), 1), customer=registered_customer())

    sync()

    assert len(org.query(DEAL)) == deals
    assert len(org.query("SELECT Id FROM Cart__c")) == 1


@pytest.mark.req("RULE-03")
def test_later_changes_update_the_amount_and_there_is_one_deal_for_ever(org, sync):
    customer = registered_customer()
    variant = sellable_variant(price="300.00")
    cart = cart_with((variant, 2), customer=customer)
    sync()
    (deal,) = org.query(
        f"SELECT Id, Amount FROM Opportunity WHERE Shop_Id__c = 'main-opp-{cart.key}'"
    )
    assert deal["Amount"] == 600.0

    line = cart.lines.get()
    for quantity, amount in ((3, 900.0), (1, 300.0)):
        carts.set_quantity(
            cart_id=cart.pk, line_key=line.key, quantity=quantity, actor=SYSTEM_ACTOR, now=NOW
        )
        sync()
        assert org.query("SELECT Id, Amount FROM Opportunity") == [
            {"Id": deal["Id"], "Amount": amount}
        ]


@pytest.mark.req("RULE-03", "CRM-06")
def test_the_deal_hangs_on_cart_and_person(org, sync):
    customer = registered_customer()
    cart = cart_with((sellable_variant(price="600.00"), 1), customer=customer)

    sync()

    assert org.query(
        "SELECT Shop_Id__c, Status__c, Total__c, Item_Count__c, Currency__c, "
        "Lead__r.Shop_Id__c, Opportunity__r.Shop_Id__c FROM Cart__c"
    ) == [
        {
            "Shop_Id__c": f"main-cart-{cart.key}",
            "Status__c": "Open",
            "Total__c": 600.0,
            "Item_Count__c": 1,
            "Currency__c": "INR",
            "Lead__r": {"Shop_Id__c": f"main-cust-{customer.key}"},
            "Opportunity__r": {"Shop_Id__c": f"main-opp-{cart.key}"},
        }
    ]


@pytest.mark.req("RULE-04")
def test_placing_the_order_wins_the_deal(org, sync):
    customer = registered_customer()
    cart = cart_with((sellable_variant(price="600.00"), 1), customer=customer)
    sync()
    assert [row["IsWon"] for row in org.query(DEAL)] == [False]

    order = placed_order(cart=cart, customer=customer)
    sync()

    (row,) = org.query(DEAL)
    assert (row["StageName"], row["IsWon"]) == ("Closed Won", True)
    assert row["Shop_Id__c"] == f"main-opp-{cart.key}"
    assert row["Amount"] == float(order.grand_total)
    assert org.query("SELECT Status__c FROM Cart__c") == [{"Status__c": "Converted"}]


@pytest.mark.req("RULE-04")
def test_payment_can_be_what_wins(org, sync):
    options.set_value("crm.opportunity_won_on", "payment_confirmed", SYSTEM_ACTOR, NOW)
    order = placed_order()
    sync()
    assert [row["IsWon"] for row in org.query(DEAL)] == [False]

    tell(started_payment(order))
    sync()

    assert [row["IsWon"] for row in org.query(DEAL)] == [True]


@pytest.mark.req("RULE-04")
def test_shipping_can_be_what_wins(org, sync):
    options.set_value("crm.opportunity_won_on", "shipped", SYSTEM_ACTOR, NOW)
    order = placed_order(payment_method="cod")
    sync()
    assert [row["IsWon"] for row in org.query(DEAL)] == [False]

    order.refresh_from_db()
    order.fulfillment_status = "SHIPPED"
    order.save()
    sync()

    assert [row["IsWon"] for row in org.query(DEAL)] == [True]


@pytest.mark.req("RULE-04")
@pytest.mark.parametrize(("reopens", "stage"), [(True, "Closed Lost"), (False, "Closed Won")])
def test_cancelling_before_shipping_loses_the_deal_if_the_setting_says_so(
    org, sync, reopens, stage
):
    options.set_value("crm.reopen_lost", reopens, SYSTEM_ACTOR, NOW)
    order = placed_order()
    sync()

    amendments.cancel_order(
        order_id=order.pk, reason="CHANGED_MIND", note="", actor=SYSTEM_ACTOR, now=NOW
    )
    sync()

    assert [row["StageName"] for row in org.query(DEAL)] == [stage]


@pytest.mark.req("RULE-04")
def test_a_deal_is_made_for_an_order_whose_cart_had_none_unless_switched_off(org, sync):
    options.set_value("crm.create_missing_opportunity", False, SYSTEM_ACTOR, NOW)
    placed_order(key="first")
    sync()
    assert org.query(DEAL) == []

    options.set_value("crm.create_missing_opportunity", True, SYSTEM_ACTOR, NOW)
    second = placed_order(key="second")
    sync()

    assert [row["Shop_Id__c"] for row in org.query(DEAL)] == [f"main-opp-{second.cart_key}"]


def test_an_expired_cart_loses_its_deal(org, sync):
    cart = cart_with((sellable_variant(price="600.00"), 1), customer=registered_customer())
    sync()

    Cart.objects.get(pk=cart.pk)
    cart.refresh_from_db()
    cart.state = CartState.EXPIRED
    cart.save()
    sync(at=NOW + timedelta(days=31))

    assert [row["StageName"] for row in org.query(DEAL)] == ["Closed Lost"]


def test_a_cart_with_goods_that_left_the_shop_still_goes_over(org, sync):
    variant = sellable_variant(price="600.00")
    cart_with((variant, 1), customer=registered_customer())
    variant.product.is_published = False
    variant.product.save()

    sync()

    assert dead_letters() == []
    assert org.query("SELECT Total__c FROM Cart__c") == [{"Total__c": 0.0}]
    assert Order.objects.count() == 0
