"""Orders: drafts, items, accounts, activation."""

from decimal import Decimal

import pytest

from crm_sync import services
from crm_sync.mappings import names
from crm_sync.mappings.orders import tracking_numbers
from crm_sync.models import ChangeMark, Link
from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from shop.sales.amendments import services as amendments
from shop.sales.fulfillment.models import Shipment, ShipmentState
from shop.sales.payments.models import Payment
from tests.factories.crm_sync import NOW, dead_letters, order_differences, paid_order, unfinished
from tests.factories.fulfillment import shipped_shipment
from tests.factories.orders import placed_order, registered_customer
from tests.factories.payments import started_payment, tell
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
HEAD = "SELECT Shop_Id__c, Status, Account.Shop_Id__c FROM Order"


@pytest.mark.req("CRM-12", "CRM-14")
def test_an_unpaid_order_of_a_guest_is_a_draft_on_the_months_guest_account(org, sync):
    order = placed_order()

    sync()

    assert dead_letters() == []
    assert org.query(
        "SELECT Shop_Id__c, Status, Account.Shop_Id__c, Shop_Lead__r.Shop_Id__c FROM Order"
    ) == [
        {
            "Shop_Id__c": f"main-order-{order.number}",
            "Status": "Draft",
            "Account": {"Shop_Id__c": "main-guestacct-2026-11"},
            "Shop_Lead__r": {"Shop_Id__c": f"main-guest-{order.customer.key}"},
        }
    ]
    assert org.query("SELECT Id FROM Contact WHERE Shop_Id__c != null") == []


@pytest.mark.req("CRM-14", "RULE-13", "CRM-13")
def test_payment_activates_the_draft_with_all_its_lines(org, sync):
    variants = [sellable_variant(price="333.33"), sellable_variant(price="99.99")]
    order = placed_order(*((variant, 3) for variant in variants))
    sync()
    assert [row["Status"] for row in org.query(HEAD)] == ["Draft"]

    tell(started_payment(order))
    sync()

    assert [row["Status"] for row in org.query(HEAD)] == ["Activated"]
    assert order_differences(org) == []
    assert unfinished() == []


@pytest.mark.req("CRM-14")
def test_with_paid_only_nothing_is_there_before_the_money(org, sync):
    options.set_value("crm.order_create_on", "paid", SYSTEM_ACTOR, NOW)
    order = placed_order()
    sync()
    assert org.query(HEAD) == []
    assert org.query("SELECT Id FROM Payment__c") == []

    tell(started_payment(order))
    sync()

    assert [row["Status"] for row in org.query(HEAD)] == ["Activated"]
    assert order_differences(org) == []


@pytest.mark.req("CRM-14", "RULE-05", "CRM-12")
def test_a_draft_moves_to_the_new_account_before_it_is_activated(org, sync):
    customer = registered_customer()
    order = placed_order(customer=customer)
    sync()
    assert org.query(HEAD)[0]["Account"] == {"Shop_Id__c": "main-guestacct-2026-11"}

    tell(started_payment(order))
    sync()

    assert dead_letters() == []
    assert org.query(HEAD) == [
        {
            "Shop_Id__c": f"main-order-{order.number}",
            "Status": "Activated",
            "Account": {"Shop_Id__c": f"main-acct-{customer.key}"},
        }
    ]


@pytest.mark.req("CRM-06")
def test_relations_can_be_walked_in_both_directions(org, sync):
    customer = registered_customer()
    order = paid_order(customer=customer)
    sync()

    (account,) = org.query(
        "SELECT Shop_Id__c, (SELECT PoNumber FROM Orders), (SELECT Email FROM Contacts) "
        f"FROM Account WHERE Shop_Id__c = 'main-acct-{customer.key}'"
    )
    assert account["Orders"]["records"] == [{"PoNumber": order.number}]
    assert account["Contacts"]["records"] == [{"Email": "asha@example.com"}]
    (item,) = org.query("SELECT Order.PoNumber, PricebookEntry.Product2.Name FROM OrderItem")
    assert item["Order"] == {"PoNumber": order.number}
    (payment,) = org.query("SELECT Order__r.PoNumber, Order__r.Account.Shop_Id__c FROM Payment__c")
    assert payment["Order__r"]["PoNumber"] == order.number
    assert payment["Order__r"]["Account"] == {"Shop_Id__c": f"main-acct-{customer.key}"}
    (cart,) = org.query("SELECT Contact__r.Shop_Id__c, Opportunity__r.Shop_Id__c FROM Cart__c")
    assert cart == {
        "Contact__r": {"Shop_Id__c": f"main-cust-{customer.key}"},
        "Opportunity__r": {"Shop_Id__c": f"main-opp-{order.cart_key}"},
    }


@pytest.mark.req("CRM-07")
def test_the_record_type_is_found_by_its_name(org, sync):
    placed_order()
    sync()

    rows = org.query("SELECT RecordType.DeveloperName FROM Order")
    assert rows == [{"RecordType": {"DeveloperName": "Normal_Order"}}]
    rows = org.query("SELECT RecordType.DeveloperName FROM Lead")
    assert rows == [{"RecordType": {"DeveloperName": "Website_Lead"}}]


@pytest.mark.req("CRM-08")
def test_sending_everything_again_creates_nothing(org, sync):
    paid_order(customer=registered_customer())
    sync()
    counts = {name: len(org.query(f"SELECT Id FROM {name}")) for name in OBJECTS}
    Link.objects.all().delete()
    services.want_everything(mappings=names.STAGES, now=NOW)

    sync()

    assert {name: len(org.query(f"SELECT Id FROM {name}")) for name in OBJECTS} == counts
    assert dead_letters() == []
    assert order_differences(org) == []


OBJECTS = (
    "Account",
    "Contact",
    "Lead",
    "Product2",
    "Pricebook2",
    "PricebookEntry",
    "Order",
    "OrderItem",
    "Cart__c",
    "Opportunity",
    "Payment__c",
)


@pytest.mark.req("CRM-39")
def test_what_has_not_changed_costs_no_call(org, sync):
    order = placed_order()
    sync()
    order.save()

    before = org.stats()["records_written"]
    sync()

    assert org.stats()["records_written"] == before


@pytest.mark.req("CRM-39")
def test_ten_edits_are_one_write(org, sync):
    order = placed_order()
    sync()
    before = org.stats()["records_written"]
    for number in range(10):
        order.note = f"edit {number}"
        order.grand_total += Decimal("0.01")
        order.save()

    sync()

    order_writes = 1
    opportunity_and_cart = 2
    assert org.stats()["records_written"] - before == order_writes + opportunity_and_cart


@pytest.mark.req("CRM-39")
def test_an_order_pulls_in_what_it_hangs_on(org, sync):
    placed_order()
    ChangeMark.objects.exclude(mapping="order").delete()

    sync()

    assert dead_letters() == []
    assert len(org.query("SELECT Id FROM OrderItem")) == 1


def test_a_cancelled_order_says_so_and_stays_a_draft(org, sync):
    order = placed_order()
    sync()

    amendments.cancel_order(
        order_id=order.pk, reason="CHANGED_MIND", note="", actor=SYSTEM_ACTOR, now=NOW
    )
    sync()

    assert org.query("SELECT Status, Shop_Status__c FROM Order") == [
        {"Status": "Draft", "Shop_Status__c": "CANCELLED"}
    ]


def test_an_item_that_is_missing_from_an_activated_order_needs_a_person(org, sync):
    order = paid_order()
    sync()
    line = order.lines.get()
    line.pk, line.key, line.position = None, "01ADDEDLATER00000000000000", 99
    line.save()

    sync()

    ((mapping, words),) = dead_letters()
    assert mapping == "order"
    assert words.startswith("ORDER_MISMATCH: The order is activated in Salesforce")


def test_goods_that_left_the_catalog_are_stood_in_for(org, sync):
    order = placed_order()
    line = order.lines.get()
    line.variant = None
    line.save()

    sync()

    assert dead_letters() == []
    assert org.query("SELECT Description, PricebookEntry.Product2.Name FROM OrderItem") == [
        {
            "Description": line.title,
            "PricebookEntry": {"Product2": {"Name": "Other goods and charges"}},
        }
    ]


@pytest.mark.req("CRM-17")
def test_a_payment_carries_state_and_reference_and_nothing_of_a_card(org, sync):
    order = placed_order()
    payment = started_payment(order)
    sync()
    fields = "Status__c, Amount__c, Method__c, Gateway_Reference__c, Captured_At__c"
    assert org.query(f"SELECT {fields} FROM Payment__c") == [
        {
            "Status__c": "Pending",
            "Amount__c": float(order.grand_total),
            "Method__c": "Card",
            "Gateway_Reference__c": payment.reference,
            "Captured_At__c": None,
        }
    ]

    tell(payment)
    sync()

    (row,) = org.query(f"SELECT {fields} FROM Payment__c")
    assert row["Status__c"] == "Captured"
    assert row["Captured_At__c"] == "2026-11-21T06:00:00.000+0000"
    pushed = Link.objects.get(kind="payment").pushed_values
    assert not [name for name in pushed if "card" in name.lower() or "token" in name.lower()]


@pytest.mark.req("CRM-13")
def test_long_texts_are_shortened_and_remembered(org, sync):
    order = placed_order()
    line = order.lines.get()
    line.title = "x" * 290
    line.save()

    sync()

    (row,) = org.query("SELECT Description FROM OrderItem")
    assert row["Description"] == "x" * 254 + "…"
    assert Link.objects.get(kind="order_line").shortened_fields == ["Description"]


@pytest.mark.req("CRM-14")
def test_cash_on_delivery_activates_at_placement(org, sync):
    placed_order(payment_method="cod")

    sync()

    assert [row["Status"] for row in org.query(HEAD)] == ["Activated"]
    assert Payment.objects.get().state == "PENDING"
    assert order_differences(org) == []


@pytest.mark.req("CRM-08")
def test_the_shop_code_of_the_first_sync_stays(org, sync):
    order = placed_order()
    sync()
    options.set_value("crm.shop_code", "other", SYSTEM_ACTOR, NOW)
    order.note = "changed"
    order.grand_total += 1
    order.save()

    sync()

    assert org.query("SELECT Shop_Id__c FROM Order") == [
        {"Shop_Id__c": f"main-order-{order.number}"}
    ]


@pytest.mark.req("CRM-14")
def test_the_tracking_number_is_known_once_the_parcel_has_left(org, sync):
    order = paid_order()
    sync()
    question = "SELECT Shop_Tracking_Number__c, Shop_Fulfillment_Status__c FROM Order"
    before = org.query(question)

    shipped_shipment(order, tracking_number="BB-77")
    sync()

    assert before[0]["Shop_Tracking_Number__c"] is None
    assert org.query(question) == [
        {"Shop_Tracking_Number__c": "BB-77", "Shop_Fulfillment_Status__c": "SHIPPED"}
    ]
    assert order_differences(org) == []


def test_tracking_numbers_are_told_whole_and_once_and_not_of_cancelled_parcels():
    parcels = [
        Shipment(tracking_number="A1"),
        Shipment(tracking_number=""),
        Shipment(tracking_number="A1"),
        Shipment(tracking_number="B2", state=ShipmentState.CANCELLED),
        Shipment(tracking_number="C3"),
    ]
    many = [Shipment(tracking_number=f"{number:060}") for number in range(9)]

    assert tracking_numbers(parcels) == "A1, C3"
    assert tracking_numbers([]) == ""
    assert tracking_numbers(many) == ", ".join(f"{number:060}" for number in range(4))
