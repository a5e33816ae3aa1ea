"""What bites: price books, drafts, activation, reductions, conversion, tasks."""

import pytest
import requests

from tests.crm_sync.localorg.conftest import code_of

ENVELOPE = """<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:urn="urn:partner.soap.sforce.com"><soapenv:Header><urn:SessionHeader>
 <urn:sessionId>{token}</urn:sessionId></urn:SessionHeader></soapenv:Header><soapenv:Body>
 <urn:convertLead><urn:leadConverts>{parts}</urn:leadConverts></urn:convertLead>
 </soapenv:Body></soapenv:Envelope>"""


@pytest.mark.req("ORG-08")
def test_a_price_needs_the_standard_price_first(shop):
    product = shop.create("Product2", Name="Chair", IsActive=True)
    price = {"Pricebook2Id": shop.book, "Product2Id": product, "UnitPrice": 5, "IsActive": True}

    early = shop.org.call("POST", "sobjects/PricebookEntry", json=price)
    shop.price(shop.standard, 6, product)
    late = shop.org.call("POST", "sobjects/PricebookEntry", json=price)

    assert code_of(early) == "STANDARD_PRICE_NOT_DEFINED"
    assert late.status_code == 201


@pytest.mark.req("ORG-08")
@pytest.mark.parametrize("name", ["Product2", "Pricebook2"])
def test_products_and_books_start_inactive(org, name):
    org.call("POST", f"sobjects/{name}", json={"Name": "X"})

    assert org.query(f"SELECT IsActive FROM {name} WHERE Name = 'X'") == [{"IsActive": False}]


@pytest.mark.req("ORG-08")
def test_an_order_sums_up_its_items_and_is_activated_by_its_status_alone(shop):
    order = shop.order()
    shop.item(order, quantity=2, price=10.5)
    shop.item(order, quantity=1, price=4.25)

    both = shop.change("Order", order, Status="Activated", Description="x")
    alone = shop.change("Order", order, Status="Activated")

    assert code_of(both) == "FAILED_ACTIVATION"
    assert alone.status_code == 204
    found = shop.org.query("SELECT TotalAmount, StatusCode FROM Order")
    assert found == [{"TotalAmount": 25.25, "StatusCode": "Activated"}]


@pytest.mark.req("ORG-08")
def test_an_order_cannot_be_born_activated_or_be_activated_empty(shop):
    born = shop.org.call(
        "POST",
        "sobjects/Order",
        json={"AccountId": shop.account, "EffectiveDate": "2026-11-21", "Status": "Activated"},
    )
    empty = shop.change("Order", shop.order(), Status="Activated")

    assert code_of(born) == "FAILED_ACTIVATION"
    assert code_of(empty) == "FAILED_ACTIVATION"


@pytest.mark.req("ORG-08")
def test_an_activated_order_keeps_its_items_and_its_account(shop):
    order, item = shop.activated()
    other = shop.create("Account", Name="Other")

    added = shop.org.call(
        "POST",
        "sobjects/OrderItem",
        json={"OrderId": order, "PricebookEntryId": shop.entry, "Quantity": 1, "UnitPrice": 1},
    )
    removed = shop.org.call("DELETE", f"sobjects/OrderItem/{item}")
    moved = shop.change("Order", order, AccountId=other)
    deleted = shop.org.call("DELETE", f"sobjects/Order/{order}")

    assert [each.status_code for each in (added, removed, moved, deleted)] == [400] * 4
    assert shop.org.query("SELECT TotalAmount FROM Order") == [{"TotalAmount": 21.0}]
    assert shop.change("OrderItem", item, Description="Blue").status_code == 204


@pytest.mark.req("ORG-08")
def test_an_item_comes_from_an_active_entry_of_the_orders_book(shop):
    order = shop.order()
    foreign = shop.org.query(
        f"SELECT Id FROM PricebookEntry WHERE Pricebook2Id = '{shop.standard}'"
    )[0]["Id"]
    item = {"OrderId": order, "Quantity": 1, "UnitPrice": 1}

    wrong_book = shop.org.call(
        "POST", "sobjects/OrderItem", json={**item, "PricebookEntryId": foreign}
    )
    shop.change("PricebookEntry", shop.entry, IsActive=False)
    inactive = shop.org.call(
        "POST", "sobjects/OrderItem", json={**item, "PricebookEntryId": shop.entry}
    )

    assert code_of(wrong_book) == "FIELD_INTEGRITY_EXCEPTION"
    assert code_of(inactive) == "FIELD_INTEGRITY_EXCEPTION"


@pytest.mark.req("ORG-08")
def test_a_reduction_order_takes_from_what_is_available(shop):
    order, item = shop.activated()
    back = shop.order(IsReductionOrder=True, OriginalOrderId=order)

    too_much = shop.org.call(
        "POST",
        "sobjects/OrderItem",
        json={
            "OrderId": back,
            "PricebookEntryId": shop.entry,
            "OriginalOrderItemId": item,
            "Quantity": -3,
            "UnitPrice": 10.5,
        },
    )
    shop.item(back, quantity=-1, OriginalOrderItemId=item)
    shop.change("Order", back, Status="Activated")

    assert code_of(too_much) == "FIELD_INTEGRITY_EXCEPTION"
    found = shop.org.query(f"SELECT AvailableQuantity FROM OrderItem WHERE Id = '{item}'")
    assert found == [{"AvailableQuantity": 1.0}]


@pytest.mark.req("ORG-08")
def test_a_record_type_is_given_by_name_and_must_fit_the_object(shop):
    order = shop.order(RecordType={"Name": "Normal Order"})
    lead_type = shop.org.query("SELECT Id FROM RecordType WHERE SobjectType = 'Lead'")[0]["Id"]

    wrong = shop.change("Order", order, RecordTypeId=lead_type)

    found = shop.org.query("SELECT RecordType.DeveloperName FROM Order")
    assert found[0]["RecordType"]["DeveloperName"] == "Normal_Order"
    assert code_of(wrong) == "INVALID_CROSS_REFERENCE_KEY"


@pytest.mark.req("ORG-08")
def test_the_stage_decides_about_an_opportunity(org):
    body = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-31", "Amount": 200}
    deal = org.call("POST", "sobjects/Opportunity", json=body).json()["id"]

    org.call("PATCH", f"sobjects/Opportunity/{deal}", json={"StageName": "Closed Won"})

    found = org.query("SELECT IsClosed, IsWon, Probability, ExpectedRevenue FROM Opportunity")
    assert found == [
        {"IsClosed": True, "IsWon": True, "Probability": 100.0, "ExpectedRevenue": 200.0}
    ]


@pytest.mark.req("ORG-08")
def test_a_task_of_a_lead_has_no_other_record(shop):
    lead = shop.create("Lead", LastName="L", Company="C")

    both = shop.org.call("POST", "sobjects/Task", json={"WhoId": lead, "WhatId": shop.account})

    assert code_of(both) == "FIELD_INTEGRITY_EXCEPTION"
    shop.create("Task", WhoId=lead, Subject="Call")
    found = shop.org.query("SELECT Status, Priority, Who.Name, Who.Type FROM Task")[0]
    assert (found["Status"], found["Priority"]) == ("Not Started", "Normal")
    assert (found["Who"]["Name"], found["Who"]["Type"]) == ("L", "Lead")


def convert(org, **parts):
    body = ENVELOPE.format(
        token=org.bearer()["Authorization"][7:],
        parts="".join(f"<urn:{name}>{value}</urn:{name}>" for name, value in parts.items()),
    )
    headers = {"Content-Type": "text/xml", "SOAPAction": '""'}
    return requests.post(f"{org.url}/services/Soap/u/67.0", data=body, headers=headers, timeout=10)


@pytest.mark.req("ORG-08")
def test_a_lead_converts_once_into_account_and_contact(org):
    lead = org.call(
        "POST", "sobjects/Lead", json={"LastName": "Rao", "FirstName": "Asha", "Company": "Acme"}
    ).json()["id"]
    wish = {
        "convertedStatus": "Closed - Converted",
        "doNotCreateOpportunity": "true",
        "leadId": lead,
    }

    first, second = convert(org, **wish), convert(org, **wish)

    assert "<success>true</success>" in first.text
    assert "CANNOT_UPDATE_CONVERTED_LEAD" in second.text
    found = org.query("SELECT IsConverted, ConvertedAccountId, ConvertedOpportunityId FROM Lead")[0]
    assert found["IsConverted"] is True
    assert found["ConvertedOpportunityId"] is None
    contact = org.query("SELECT Name, AccountId FROM Contact")[0]
    assert contact == {"Name": "Asha Rao", "AccountId": found["ConvertedAccountId"]}
    late = org.call("PATCH", f"sobjects/Lead/{lead}", json={"City": "Pune"})
    assert code_of(late) == "CANNOT_UPDATE_CONVERTED_LEAD"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"convertedStatus": "Working - Contacted"}, "INVALID_STATUS"),
        ({"convertedStatus": "Closed - Converted", "contactId": "003000000000000AAA"},
         "REQUIRED_FIELD_MISSING"),
    ],
)  # fmt: skip
@pytest.mark.req("ORG-08")
def test_a_conversion_that_breaks_a_rule_changes_nothing(org, parts, code):
    lead = org.call("POST", "sobjects/Lead", json={"LastName": "L", "Company": "C"}).json()["id"]

    answer = convert(org, leadId=lead, **parts)

    assert answer.status_code == 200
    assert code in answer.text
    assert org.query("SELECT Id FROM Account") == []


def partner(org, body):
    """One call of the partner API."""
    token = org.bearer()["Authorization"][7:]
    envelope = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns="urn:partner.soap.sforce.com"><e:Header><SessionHeader>'
        f"<sessionId>{token}</sessionId></SessionHeader></e:Header><e:Body>{body}</e:Body></e:Envelope>"
    )
    headers = {"Content-Type": "text/xml", "SOAPAction": '""'}
    url = f"{org.url}/services/Soap/u/67.0"
    return requests.post(url, data=envelope, headers=headers, timeout=10).text


@pytest.mark.req("ORG-08")
def test_merged_contacts_lead_to_the_survivor(shop):
    master, victim = (shop.create("Contact", LastName=name) for name in ("A", "B"))
    case = shop.create("Case", ContactId=victim)

    answer = partner(
        shop.org,
        f"<merge><request><masterRecord><type>Contact</type><Id>{master}</Id><Title>Boss</Title>"
        f"</masterRecord><recordToMergeIds>{victim}</recordToMergeIds></request></merge>",
    )

    assert "<success>true</success>" in answer, answer
    assert shop.org.query("SELECT Id, Title FROM Contact") == [{"Id": master, "Title": "Boss"}]
    assert shop.org.query("SELECT Id, ContactId FROM Case") == [{"Id": case, "ContactId": master}]
    buried = shop.org.call(
        "GET", "queryAll", params={"q": "SELECT MasterRecordId FROM Contact WHERE IsDeleted = true"}
    )
    assert buried.json()["records"][0]["MasterRecordId"] == master


@pytest.mark.req("ORG-08")
def test_the_partner_api_writes_reads_deletes_and_restores(org):
    made = partner(org, "<create><sObjects><type>Account</type><Name>A</Name></sObjects></create>")
    record = org.query("SELECT Id FROM Account")[0]["Id"]
    assert f"<id>{record}</id>" in made

    refused = partner(org, "<create><sObjects><type>Account</type></sObjects></create>")
    partner(org, f"<delete><ids>{record}</ids></delete>")
    hidden = org.query("SELECT Id FROM Account")
    partner(org, f"<undelete><ids>{record}</ids></undelete>")
    read = partner(org, "<query><queryString>SELECT Id, Name FROM Account</queryString></query>")

    assert "REQUIRED_FIELD_MISSING" in refused
    assert hidden == []
    assert "<size>1</size>" in read
