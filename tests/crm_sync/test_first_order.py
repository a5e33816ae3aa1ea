"""One order from the shop to the org, field by field."""

import pytest

from crm_sync.models import SyncJob
from tests.factories.orders import placed_order, registered_customer

pytestmark = pytest.mark.django_db


def dead():
    return list(SyncJob.objects.filter(state="DEAD").values_list("mapping", "last_error"))


def test_a_card_order_of_a_guest_is_a_draft_on_the_months_guest_account(org, sync):
    order = placed_order()

    sync()

    assert dead() == []
    assert org.query(
        "SELECT Shop_Id__c, Status, Account.Shop_Id__c, Shop_Lead__r.Email FROM Order"
    ) == [
        {
            "Shop_Id__c": f"main-order-{order.number}",
            "Status": "Draft",
            "Account": {"Shop_Id__c": "main-guestacct-2026-11"},
            "Shop_Lead__r": {"Email": "asha@example.com"},
        }
    ]


def test_cash_on_delivery_activates_the_order_and_converts_the_lead(org, sync):
    customer = registered_customer()
    sync()
    assert [row["Shop_Id__c"] for row in org.query("SELECT Shop_Id__c FROM Lead")] == [
        f"main-cust-{customer.key}"
    ]
    order = placed_order(customer=customer, payment_method="cod")

    sync()

    assert dead() == []
    assert org.query(
        "SELECT Shop_Id__c, Status, Account.Shop_Id__c, BillToContact.Shop_Id__c FROM Order"
    ) == [
        {
            "Shop_Id__c": f"main-order-{order.number}",
            "Status": "Activated",
            "Account": {"Shop_Id__c": f"main-acct-{customer.key}"},
            "BillToContact": {"Shop_Id__c": f"main-cust-{customer.key}"},
        }
    ]
    assert org.query("SELECT IsConverted FROM Lead") == [{"IsConverted": True}]
