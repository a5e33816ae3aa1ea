"""The org has written, the answer is lost, and the worker dies of it: at every kind of call."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection as database

from crm_sync.client import org as client
from crm_sync.engine.drain import drain
from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from tests.factories.crm_copy import copy_differences
from tests.factories.crm_sync import NOW, dead_letters, unfinished
from tests.factories.orders import placed_order, registered_customer
from tests.factories.payments import started_payment, tell

pytestmark = pytest.mark.django_db
SLOW = pytest.mark.slow


class Killed(BaseException):
    """As kill -9 would: no handler of ours runs."""


def die(error):
    raise Killed


# Who dies has it harder than who only gets no answer, so that is the one for every day.
DIES = pytest.mark.parametrize(
    "dies", [pytest.param(True, id="killed"), pytest.param(False, id="alive", marks=SLOW)]
)
# Which write loses its answer: object, method, the how manieth.
WRITES = [
    pytest.param("Pricebook2", "PATCH", 1, id="price book"),
    pytest.param("Product2", "PATCH", 1, id="product"),
    pytest.param("PricebookEntry", "PATCH", 1, id="standard price"),
    pytest.param("PricebookEntry", "PATCH", 2, id="price"),
    pytest.param("Lead", "PATCH", 1, id="lead"),
    pytest.param("Account", "PATCH", 1, id="guest account of the month"),
    pytest.param("Cart__c", "PATCH", 1, id="cart"),
    pytest.param("Opportunity", "PATCH", 1, id="opportunity"),
    pytest.param("Order", "PATCH", 1, id="draft"),
    pytest.param("OrderItem", "PATCH", 1, id="items"),
    pytest.param(None, "POST", 1, id="conversion"),  # by SOAP; all else that is posted is no write
    pytest.param("Account", "PATCH", 2, id="name of the converted account"),
    pytest.param("Contact", "PATCH", 1, id="name of the converted contact"),
    pytest.param("Account", "PATCH", 3, id="account"),
    pytest.param("Contact", "PATCH", 2, id="contact"),
    pytest.param("Order", "PATCH", 2, id="move to the account"),
    pytest.param("Order", "PATCH", 3, id="activation"),
    pytest.param("Payment__c", "PATCH", 1, id="payment"),
]


def purchase(day, attempt) -> None:
    """Sign up, order, pay; after each step the worker has a go at it."""
    order = placed_order(customer=registered_customer())
    attempt(day)
    tell(started_payment(order))
    attempt(day + timedelta(hours=1))


@pytest.mark.req("CRM-09", "CRM-08", "CRM-26")
@DIES
@pytest.mark.parametrize(("sobject", "method", "nth"), WRITES)
def test_whichever_answer_is_lost_nothing_is_doubled_or_missing(
    org, sync, connected, monkeypatch, sobject, method, nth, dies
):
    org.faults({"kind": "drop_after_commit", "object": sobject, "method": method, "nth": nth})

    def attempt(moment):
        database.run_on_commit.clear()
        with monkeypatch.context() as patched, suppress(Killed):
            if dies:
                patched.setattr(client, "transport_fault", die)
            drain(moment)

    purchase(NOW, attempt)
    sync(at=NOW + timedelta(days=1), rounds=20)

    assert [fault["hits"] for fault in org.switch("GET", "faults")] == [1]
    org.clear_faults()
    assert dead_letters() == []
    assert unfinished() == []
    # The draft stood on the month's guest account until its customer was a contact.
    empty = "account main-guestacct-2026-11: extra"
    assert [told for told in copy_differences(org) if told != empty] == []


@pytest.mark.req("CRM-09", "CRM-08")
@DIES
@pytest.mark.parametrize("sobject", ["Account", "Contact"])
def test_who_becomes_a_contact_without_a_lead_is_not_doubled_either(
    org, sync, connected, monkeypatch, sobject, dies
):
    options.set_value("crm.signup_creates", "contact", SYSTEM_ACTOR, NOW)
    org.faults({"kind": "drop_after_commit", "object": sobject, "method": "PATCH", "nth": 1})
    customer = registered_customer()
    database.run_on_commit.clear()
    with monkeypatch.context() as patched, suppress(Killed):
        if dies:
            patched.setattr(client, "transport_fault", die)
        drain(NOW)

    sync(at=NOW + timedelta(days=1))

    org.clear_faults()
    assert unfinished() == []
    assert org.query("SELECT Shop_Id__c, Account.Shop_Id__c FROM Contact") == [
        {
            "Shop_Id__c": f"main-cust-{customer.key}",
            "Account": {"Shop_Id__c": f"main-acct-{customer.key}"},
        }
    ]
    assert len(org.query("SELECT Id FROM Account")) == 1
