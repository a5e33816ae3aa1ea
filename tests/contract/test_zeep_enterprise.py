"""A SOAP client built by zeep from the enterprise description: every object is a type."""

from datetime import UTC, date, datetime

import pytest
import zeep
from zeep.exceptions import Fault
from zeep.transports import Transport

pytestmark = [pytest.mark.contract, pytest.mark.req("ORG-01")]
RECORDS = "urn:sobject.enterprise.soap.sforce.com"


class Enterprise:
    """The generated client with a session in the header of every call."""

    def __init__(self, org):
        address = f"{org.url}/services/wsdl/enterprise?version=64.0"
        self.client = zeep.Client(address, transport=Transport(timeout=30))
        self.token = org.bearer()["Authorization"][7:]

    def call(self, name, *given, **headers):
        wanted = {"SessionHeader": {"sessionId": self.token}, **headers}
        return getattr(self.client.service, name)(*given, _soapheaders=wanted).body.result

    def make(self, kind, **values):
        return self.client.get_type(f"{{{RECORDS}}}{kind}")(**values)


@pytest.fixture
def enterprise(org):
    return Enterprise(org)


def test_typed_records_go_there_and_back(enterprise, org):
    account = enterprise.make(
        "Account", Name="Acme", Shop_Id__c="k1", NumberOfEmployees=7, BillingCity="Pune"
    )
    parent = enterprise.make("Account", Shop_Id__c="k1")
    contact = enterprise.make(
        "Contact", LastName="Rao", Account=parent, Birthdate=date(1990, 1, 2), DoNotCall=True
    )

    made = enterprise.call("create", [account, contact])
    text = (
        "SELECT Id, Name, NumberOfEmployees, BillingAddress, CreatedDate, Phone, Owner.Name, "
        "(SELECT LastName, Birthdate, DoNotCall, Account.Name FROM Contacts) FROM Account"
    )
    found = enterprise.call("query", text)

    assert [(each.success, each.errors) for each in made] == [(True, [])] * 2
    assert (found.done, found.size, type(found.records[0]).__name__) == (True, 1, "Account")
    record = found.records[0]
    assert (record.Id, record.Name, record.NumberOfEmployees) == (made[0].id, "Acme", 7)
    assert (record.BillingAddress.city, record.Phone) == ("Pune", None)
    assert abs((datetime.now(UTC) - record.CreatedDate).total_seconds()) < 300
    assert record.Owner.Name
    child = record.Contacts.records[0]
    assert (child.LastName, child.Birthdate, child.DoNotCall) == ("Rao", date(1990, 1, 2), True)
    assert child.Account.Name == "Acme"


def test_fields_are_emptied_and_records_updated_retrieved_and_deleted(enterprise, org):
    key = org.create("Account", Name="Acme", Phone="1", Shop_Id__c="k1")

    change = enterprise.make("Account", Id=key, Name="New", fieldsToNull=["Phone"])
    changed = enterprise.call("update", [change])
    same = enterprise.call("upsert", "Shop_Id__c", [enterprise.make("Account", Shop_Id__c="k1")])
    record, missing = enterprise.call(
        "retrieve", "Name,Phone", "Account", [key, "001000000000001AAA"]
    )
    gone = enterprise.call("delete", [key])

    assert (changed[0].success, same[0].created, gone[0].success) == (True, False, True)
    assert (record.Name, record.Phone, missing.Id) == ("New", None, None)
    assert org.query("SELECT Id FROM Account") == []


def test_sums_come_as_they_are_named(enterprise, org):
    org.create("Account", Name="Acme", NumberOfEmployees=3)

    found = enterprise.call(
        "query", "SELECT Name, SUM(NumberOfEmployees) n FROM Account GROUP BY Name"
    )

    assert [(each.tag.rpartition("}")[2], each.text) for each in found.records[0]._value_1] == [
        ("Name", "Acme"),
        ("n", "3.0"),
    ]


def test_custom_objects_are_types_too(enterprise, org):
    cart = enterprise.make("Cart__c", Shop_Id__c="c1")

    made = enterprise.call("create", [cart])

    assert made[0].success, made
    found = enterprise.call("query", "SELECT Shop_Id__c FROM Cart__c").records
    assert [(type(each).__name__, each.Shop_Id__c) for each in found] == [("Cart__c", "c1")]


def test_faults_and_sign_in_belong_to_the_same_interface(enterprise, password_org):
    with pytest.raises(Fault) as failed:
        enterprise.call("query", "SELECT Nope FROM Account")

    signing = Enterprise(password_org)
    known = password_org.credentials
    session = signing.client.service.login(known["username"], known["password"])

    assert failed.value.code == "sf:INVALID_FIELD"
    name = failed.value.detail[0].tag
    assert name == "{urn:fault.enterprise.soap.sforce.com}InvalidFieldFault"
    assert session.serverUrl.startswith(f"{password_org.url}/services/Soap/c/64.0/00D")
