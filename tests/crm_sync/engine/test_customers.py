"""Customers: leads, conversion, guests, merges."""

import pytest
from allauth.account.models import EmailAddress

from crm_sync.client.org import Org
from crm_sync.client.soap import Conversion
from crm_sync.connections import connection, setup_of
from crm_sync.models import ChangeMark, Link
from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from shop.directory.customers import services as customers
from tests.factories.crm_sync import NOW, dead_letters, paid_order, unfinished
from tests.factories.orders import placed_order, registered_customer
from tests.factories.payments import started_payment, tell

pytestmark = pytest.mark.django_db
OURS = "WHERE Shop_Id__c != null"


def leads(org):
    return org.query(f"SELECT Shop_Id__c, Email, IsConverted FROM Lead {OURS} ORDER BY CreatedDate")


def contacts(org):
    return org.query(f"SELECT Shop_Id__c, Email, Account.Shop_Id__c FROM Contact {OURS}")


@pytest.mark.req("CRM-11")
def test_a_sign_up_becomes_a_website_lead(org, sync):
    customer = registered_customer()

    sync()

    assert org.query(
        "SELECT Shop_Id__c, FirstName, LastName, Company, Email, LeadSource, "
        "RecordType.DeveloperName FROM Lead"
    ) == [
        {
            "Shop_Id__c": f"main-cust-{customer.key}",
            "FirstName": "Asha",
            "LastName": "Rao",
            "Company": "Asha Rao",
            "Email": "asha@example.com",
            "LeadSource": "Web",
            "RecordType": {"DeveloperName": "Website_Lead"},
        }
    ]


@pytest.mark.req("CRM-11")
def test_a_sign_up_from_social_media_is_a_lead_of_that_kind(org, sync):
    registered_customer(signup_source="social_media")

    sync()

    assert org.query("SELECT RecordType.DeveloperName FROM Lead") == [
        {"RecordType": {"DeveloperName": "Social_Media_Lead"}}
    ]


@pytest.mark.req("CRM-11")
def test_a_known_contact_with_a_verified_address_suppresses_the_lead(org, sync):
    org.create("Contact", LastName="Rao", Email="Asha@Example.com")
    customer = registered_customer()
    EmailAddress.objects.create(user=customer.user, email=customer.email, verified=True)

    sync()

    assert leads(org) == []
    assert [row["Shop_Id__c"] for row in contacts(org)] == [f"main-cust-{customer.key}"]


@pytest.mark.req("CRM-11")
def test_an_unverified_address_links_to_nobody(org, sync):
    org.create("Contact", LastName="Rao", Email="asha@example.com")
    registered_customer()

    sync()

    assert contacts(org) == []
    assert len(leads(org)) == 1


@pytest.mark.req("CRM-08")
def test_a_lead_that_was_there_before_is_found_by_its_address(org, sync):
    lead_id = org.create("Lead", LastName="Rao", Company="Rao", Email="ASHA@example.com")
    customer = registered_customer()

    sync()

    assert org.query("SELECT Id, Shop_Id__c FROM Lead") == [
        {"Id": lead_id, "Shop_Id__c": f"main-cust-{customer.key}"}
    ]


@pytest.mark.req("RULE-05", "CRM-10")
def test_the_first_purchase_converts_the_lead_and_the_second_converts_nothing(org, sync):
    customer = registered_customer()
    sync()
    (lead,) = org.query("SELECT Id FROM Lead")

    for number in range(2):
        paid_order(customer=customer, key=f"order {number}")
        sync()

    assert dead_letters() == []
    assert leads(org) == [
        {
            "Shop_Id__c": f"main-cust-{customer.key}",
            "Email": "asha@example.com",
            "IsConverted": True,
        }
    ]
    assert contacts(org) == [
        {
            "Shop_Id__c": f"main-cust-{customer.key}",
            "Email": "asha@example.com",
            "Account": {"Shop_Id__c": f"main-acct-{customer.key}"},
        }
    ]
    (converted,) = org.query("SELECT ConvertedContactId, ConvertedAccountId FROM Lead")
    assert converted["ConvertedContactId"] == Link.objects.get(kind="contact").salesforce_id
    assert converted["ConvertedAccountId"] == Link.objects.get(kind="account").salesforce_id
    assert Link.objects.get(kind="lead").salesforce_id == lead["Id"]
    assert org.query("SELECT Id FROM Opportunity WHERE Shop_Id__c = null") == []


@pytest.mark.req("RULE-05")
def test_without_a_lead_account_and_contact_are_made_directly(org, sync):
    customer = registered_customer()
    paid_order(customer=customer)
    ChangeMark.objects.filter(mapping="customer").delete()

    sync()

    assert leads(org) == []
    assert [row["Shop_Id__c"] for row in contacts(org)] == [f"main-cust-{customer.key}"]


@pytest.mark.req("CRM-10")
def test_five_orders_in_any_spelling_of_the_address_are_one_person(org, sync):
    spellings = ["asha@example.com", "Asha@example.com", "ASHA@EXAMPLE.COM", "asha@Example.com"]
    for email in [*spellings, "aSHa@example.com"]:
        placed_order(email=email, key=f"order of {email}")

    sync()

    assert len(leads(org)) == 1
    assert len(org.query("SELECT Id FROM Order WHERE Shop_Lead__r.Email = 'asha@example.com'")) == 5


@pytest.mark.req("CRM-12")
def test_a_paid_order_alone_does_not_convert_a_guest(org, sync):
    paid_order()

    sync()

    assert [row["IsConverted"] for row in leads(org)] == [False]
    assert contacts(org) == []
    assert org.query("SELECT Status, Account.Shop_Id__c FROM Order") == [
        {"Status": "Activated", "Account": {"Shop_Id__c": "main-guestacct-2026-11"}}
    ]


@pytest.mark.req("CRM-12")
def test_with_the_switch_on_a_guests_paid_order_converts_at_once(org, sync):
    options.set_value("crm.convert_guests", True, SYSTEM_ACTOR, NOW)
    order = placed_order()
    sync()
    assert [row["IsConverted"] for row in leads(org)] == [False]

    tell(started_payment(order))
    sync()

    assert [row["IsConverted"] for row in leads(org)] == [True]
    account = {"Shop_Id__c": f"main-acct-{order.customer.key}"}
    assert org.query("SELECT Status, Account.Shop_Id__c FROM Order") == [
        {"Status": "Activated", "Account": account}
    ]


@pytest.mark.req("CRM-12")
def test_a_guest_who_registers_is_one_person_with_orders_attached(org, sync):
    paid_order()
    sync()
    (order,) = org.query("SELECT Id FROM Order")
    customer = registered_customer()
    sync()

    customers.claim_guest(customer_id=customer.pk, actor=SYSTEM_ACTOR, now=NOW)
    sync()

    assert unfinished() == []
    assert [row["Shop_Id__c"] for row in contacts(org)] == [f"main-cust-{customer.key}"]
    converted = org.query("SELECT IsConverted, ConvertedContact.Shop_Id__c FROM Lead")
    assert converted == [
        {"IsConverted": True, "ConvertedContact": {"Shop_Id__c": f"main-cust-{customer.key}"}}
    ] * len(converted)
    (row,) = org.query("SELECT Id, Status, BillToContact.Shop_Id__c FROM Order")
    assert row == {
        "Id": order["Id"],
        "Status": "Activated",
        "BillToContact": {"Shop_Id__c": f"main-cust-{customer.key}"},
    }


@pytest.mark.req("CRM-12")
@pytest.mark.parametrize(
    ("policy", "expected_leads", "expected_contacts"),
    [("lead", 1, 0), ("contact", 0, 1), ("none", 0, 0)],
)
def test_the_guest_policy_decides_what_a_guest_becomes(
    org, sync, policy, expected_leads, expected_contacts
):
    options.set_value("crm.guest_policy", policy, SYSTEM_ACTOR, NOW)
    placed_order()

    sync()

    assert unfinished() == []
    assert (len(leads(org)), len(contacts(org))) == (expected_leads, expected_contacts)
    assert len(org.query("SELECT Id FROM Order")) == 1


def test_a_lead_that_people_converted_over_there_becomes_our_contact(org, sync):
    customer = registered_customer()
    sync()
    client = Org(setup_of(connection()).credentials)
    lead_id = Link.objects.get(kind="lead").salesforce_id
    (answer,) = client.convert_leads([Conversion(lead_id, "Closed - Converted")])
    assert answer.fault is None
    customer.phone = "+919800000000"
    customer.save()

    sync()

    assert dead_letters() == []
    assert [row["Shop_Id__c"] for row in contacts(org)] == [f"main-cust-{customer.key}"]
    assert len(leads(org)) == 1
