"""What the org tells about its records: who is told, in which words, and what is left out."""

import time

import pytest
import requests

from tests.crm_sync.localorg.deploying import NS, deploy, pack
from tests.crm_sync.localorg.test_many import ingest
from tests.crm_sync.localorg.test_streaming import Subscriber
from tests.crm_sync.orgs import OrgProcess, free_port

V = "/services/data/v67.0"
ACCOUNTS = "/data/AccountChangeEvent"


def member(entity, channel="ChangeEvents"):
    return (
        f"<PlatformEventChannelMember {NS}><eventChannel>{channel}</eventChannel>"
        f"<selectedEntity>{entity}</selectedEntity></PlatformEventChannelMember>"
    )


def select(org, *entities, channel="ChangeEvents"):
    """Choose objects for change data capture, as an administrator would."""
    folder = "platformEventChannelMembers"
    files = {
        f"{folder}/{channel}_{entity}.platformEventChannelMember": member(entity, channel)
        for entity in entities
    }
    assert deploy(org, pack(**files))["status"] == "Succeeded"


@pytest.fixture
def tracked(org):
    select(org, "AccountChangeEvent", "ContactChangeEvent", "Cart__ChangeEvent")
    return org


def payloads(subscriber):
    return [each["data"]["payload"] for each in subscriber.poll(0)]


def headers(subscriber):
    return [each["ChangeEventHeader"] for each in payloads(subscriber)]


@pytest.mark.req("ORG-06")
def test_only_selected_objects_are_told_of(tracked):
    everything = Subscriber(tracked, channel="/data/ChangeEvents")
    accounts = Subscriber(tracked, channel=ACCOUNTS)
    carts = Subscriber(tracked, channel="/data/Cart__ChangeEvent")

    tracked.create("Account", Name="Acme")
    tracked.create("Lead", LastName="Doe", Company="Acme")
    tracked.create("Cart__c", Shop_Id__c="c1")

    assert [each["entityName"] for each in headers(everything)] == ["Account", "Cart__c"]
    assert [each["entityName"] for each in headers(accounts)] == ["Account"]
    assert [each["entityName"] for each in headers(carts)] == ["Cart__c"]


@pytest.mark.req("ORG-06")
def test_a_channel_of_ones_own_carries_what_was_put_on_it(org):
    select(org, "LeadChangeEvent", "ContactChangeEvent", channel="People__chn")
    people = Subscriber(org, channel="/data/People__chn")
    standard = Subscriber(org, channel="/data/ChangeEvents")

    org.create("Lead", LastName="Doe", Company="Acme")
    org.create("Account", Name="Acme")

    assert [each["entityName"] for each in headers(people)] == ["Lead"]
    assert headers(standard) == []
    nowhere = Subscriber(org, channel="/data/Nobody__chn").subscribed
    assert nowhere["error"] == "400::The channel specified is not valid"


@pytest.mark.req("ORG-06")
def test_the_header_of_a_new_record_is_complete(tracked):
    subscriber = Subscriber(tracked, channel=ACCOUNTS)
    before = int(time.time() * 1000)

    made = tracked.create("Account", Name="Acme", BillingCity="Pune", NumberOfEmployees=7)

    message = subscriber.poll(0)[0]
    payload = message["data"]["payload"]
    header = payload.pop("ChangeEventHeader")
    assert message["channel"] == ACCOUNTS
    assert len(message["data"]["schema"]) == 22
    assert set(message["data"]["event"]) == {"replayId"}
    moments = [header.pop(name) for name in ("commitTimestamp", "commitNumber")]
    assert before <= moments[0] <= time.time() * 1000
    assert len(header.pop("transactionKey")) == 36
    user = header.pop("commitUser")
    assert user.startswith("005")
    assert header == {
        "entityName": "Account",
        "recordIds": [made],
        "changeType": "CREATE",
        "changeOrigin": "com/salesforce/api/rest/67.0",
        "sequenceNumber": 1,
        "nulledFields": [],
        "diffFields": [],
        "changedFields": [],
    }
    assert payload.pop("CreatedDate").endswith(".000Z")
    assert payload.pop("LastModifiedDate").endswith(".000Z")
    assert payload == {
        "Name": "Acme",
        "BillingAddress": {"City": "Pune"},
        "NumberOfEmployees": 7,
        "OwnerId": user,
        "CreatedById": user,
        "LastModifiedById": user,
    }


@pytest.mark.req("ORG-06")
def test_an_update_tells_what_changed_and_what_was_emptied(tracked):
    made = tracked.create(
        "Contact", FirstName="Asha", LastName="Rao", Phone="1", MailingCity="Pune", Title="Boss"
    )
    subscriber = Subscriber(tracked, channel="/data/ContactChangeEvent")

    wish = {"LastName": "Iyer", "Phone": None, "MailingCity": None, "Title": "Boss"}
    tracked.call("PATCH", f"sobjects/Contact/{made}", json=wish)

    payload = payloads(subscriber)[0]
    header = payload.pop("ChangeEventHeader")
    assert header["changeType"] == "UPDATE"
    assert sorted(header["changedFields"]) == [
        "LastModifiedDate",
        "MailingAddress.City",
        "Name.LastName",
        "Phone",
    ]
    assert sorted(header["nulledFields"]) == ["MailingAddress.City", "Phone"]
    payload.pop("LastModifiedDate")
    assert payload == {
        "Name": {"LastName": "Iyer"},
        "Phone": None,
        "MailingAddress": {"City": None},
    }


@pytest.mark.req("ORG-06")
def test_a_small_change_in_a_long_text_travels_as_its_difference(tracked):
    lines = [f"line {number} of a long text" for number in range(100)]
    made = tracked.create("Account", Name="Acme", Description="\n".join(lines))
    subscriber = Subscriber(tracked, channel=ACCOUNTS)

    lines[50] = "another line"
    tracked.call("PATCH", f"sobjects/Account/{made}", json={"Description": "\n".join(lines)})

    payload = payloads(subscriber)[0]
    assert payload["ChangeEventHeader"]["diffFields"] == ["Description"]
    assert payload["Description"].splitlines() == [
        "--- ",
        "+++ ",
        "@@ -51 +51 @@",
        "-line 50 of a long text",
        "+another line",
    ]


@pytest.mark.req("ORG-06")
def test_deleting_and_taking_back_are_told(tracked):
    made = tracked.create("Account", Name="Acme")
    subscriber = Subscriber(tracked, channel=ACCOUNTS)

    tracked.call("DELETE", f"sobjects/Account/{made}")
    undelete(tracked, made)

    gone, back = payloads(subscriber)
    assert gone["ChangeEventHeader"]["changeType"] == "DELETE"
    assert set(gone) == {"ChangeEventHeader"}
    assert back["ChangeEventHeader"]["changeType"] == "UNDELETE"
    assert back["ChangeEventHeader"]["changeOrigin"] == "com/salesforce/api/soap/67.0"
    assert back["Name"] == "Acme"


def undelete(org, record_id):
    envelope = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:urn="urn:partner.soap.sforce.com"><soapenv:Header><urn:SessionHeader>'
        f"<urn:sessionId>{org.bearer()['Authorization'][7:]}</urn:sessionId>"
        "</urn:SessionHeader></soapenv:Header><soapenv:Body><urn:undelete>"
        f"<urn:ids>{record_id}</urn:ids></urn:undelete></soapenv:Body></soapenv:Envelope>"
    )
    answer = soap(org, envelope)
    assert "<success>true</success>" in answer.text


def soap(org, envelope):
    headers = {"Content-Type": "text/xml", "SOAPAction": '""'}
    address = f"{org.url}/services/Soap/u/67.0"
    return requests.post(address, data=envelope.encode(), headers=headers, timeout=10)


@pytest.mark.req("ORG-06")
def test_the_client_is_named_so_that_it_can_ignore_its_own_changes(tracked):
    subscriber = Subscriber(tracked, channel=ACCOUNTS)

    requests.post(
        f"{tracked.url}{V}/sobjects/Account",
        json={"Name": "Acme"},
        headers={**tracked.bearer(), "Sforce-Call-Options": "client=ModernStore"},
        timeout=10,
    )

    assert headers(subscriber)[0]["changeOrigin"] == (
        "com/salesforce/api/rest/67.0;client=ModernStore"
    )


def collection(org, names, *, whole=True, method="POST", **extra):
    records = [{"attributes": {"type": "Account"}, **name, **extra} for name in names]
    body = {"allOrNone": whole, "records": records}
    return org.call(method, "composite/sobjects", json=body).json()


@pytest.mark.req("ORG-06")
def test_changes_of_one_transaction_share_its_key_and_are_numbered(tracked):
    subscriber = Subscriber(tracked, channel="/data/ChangeEvents")

    collection(tracked, [{"Name": "A"}, {"Name": "B"}])
    tracked.create("Account", Name="C")

    first, second, third = headers(subscriber)
    assert first["transactionKey"] == second["transactionKey"] != third["transactionKey"]
    assert [each["sequenceNumber"] for each in (first, second, third)] == [1, 2, 1]
    assert first["commitNumber"] == second["commitNumber"] < third["commitNumber"]


@pytest.mark.req("ORG-06")
def test_the_same_change_of_several_records_is_one_event(tracked):
    made = [row["id"] for row in collection(tracked, [{"Name": "A"}, {"Name": "B"}])]
    subscriber = Subscriber(tracked, channel=ACCOUNTS)

    collection(tracked, [{"id": each} for each in made], method="PATCH", Type="Customer")

    assert [each["recordIds"] for each in headers(subscriber)] == [made]


@pytest.mark.req("ORG-06")
def test_what_is_rolled_back_is_not_told(tracked):
    subscriber = Subscriber(tracked, channel=ACCOUNTS)

    collection(tracked, [{"Name": "A"}, {}])
    collection(tracked, [{"Name": "B"}, {}], whole=False)

    assert [each["Name"] for each in payloads(subscriber)] == ["B"]


@pytest.mark.req("ORG-06")
def test_a_gap_says_only_which_record_to_read_again(tracked):
    made = tracked.create("Account", Name="Acme")
    subscriber = Subscriber(tracked, channel=ACCOUNTS)
    tracked.faults({"kind": "event_gap", "object": "Account", "count": 1})

    for name in ("Lost", "Heard"):
        tracked.call("PATCH", f"sobjects/Account/{made}", json={"Name": name})

    gap, heard = payloads(subscriber)
    assert set(gap) == {"ChangeEventHeader"}
    assert gap["ChangeEventHeader"]["changeType"] == "GAP_UPDATE"
    assert gap["ChangeEventHeader"]["recordIds"] == [made]
    assert gap["ChangeEventHeader"]["changedFields"] == []
    assert (heard["ChangeEventHeader"]["changeType"], heard["Name"]) == ("UPDATE", "Heard")


@pytest.mark.req("ORG-06")
def test_an_overflow_names_the_object_alone(tracked):
    subscriber = Subscriber(tracked, channel="/data/ChangeEvents")
    tracked.faults({"kind": "event_overflow", "object": "Account"})

    collection(tracked, [{"Name": "A"}, {"Name": "B"}])

    found = headers(subscriber)
    assert [each["changeType"] for each in found] == ["GAP_OVERFLOW"]
    assert found[0]["entityName"] == "Account"
    assert found[0]["recordIds"] == ["000000000000000AAA"]


@pytest.mark.req("ORG-06")
def test_records_written_in_bulk_are_told_too(tracked):
    subscriber = Subscriber(tracked, channel=ACCOUNTS)

    ingest(tracked, "Name\nA\nB\n", object="Account", operation="insert", externalIdFieldName=None)

    found = headers(subscriber)
    assert [each["changeOrigin"] for each in found] == ["com/salesforce/api/bulkapi/67.0"] * 2


@pytest.mark.req("ORG-06")
def test_a_subscriber_goes_on_after_a_restart_of_the_org(tmp_path):
    org = OrgProcess(free_port(), tmp_path / "org").start()
    try:
        select(org, "AccountChangeEvent")
        before = Subscriber(org, channel=ACCOUNTS)
        org.create("Account", Name="A")
        seen = before.poll(0)[0]["data"]["event"]["replayId"]
        org.create("Account", Name="B")
        org.process.kill()
        org.process.wait(10)
        org.start()

        advice = before.send({"channel": "/meta/connect"})[0]["advice"]
        after = Subscriber(org, replay=seen, channel=ACCOUNTS)
        org.create("Account", Name="C")

        assert advice["reconnect"] == "handshake"
        assert [each["Name"] for each in payloads(after)] == ["B", "C"]
    finally:
        org.stop()


@pytest.mark.req("ORG-06")
def test_a_total_that_others_bring_about_is_told_once_for_each_transaction(shop):
    select(shop.org, "OrderChangeEvent", "OrderItemChangeEvent")
    order = shop.order()
    everything = Subscriber(shop.org, channel="/data/ChangeEvents")
    items = [
        {
            "attributes": {"type": "OrderItem"},
            "OrderId": order,
            "PricebookEntryId": shop.entry,
            "Quantity": quantity,
            "UnitPrice": 10.5,
        }
        for quantity in (1, 2)
    ]

    shop.org.call("POST", "composite/sobjects", json={"allOrNone": True, "records": items})

    told = payloads(everything)
    kinds = [
        (e["ChangeEventHeader"]["entityName"], e["ChangeEventHeader"]["changeType"]) for e in told
    ]
    assert kinds == [("OrderItem", "CREATE"), ("OrderItem", "CREATE"), ("Order", "UPDATE")]
    assert told[2]["TotalAmount"] == 31.5
    assert told[2]["ChangeEventHeader"]["recordIds"] == [order]
    assert "TotalAmount" in told[2]["ChangeEventHeader"]["changedFields"]
    assert len({each["ChangeEventHeader"]["transactionKey"] for each in told}) == 1


@pytest.mark.req("ORG-06")
def test_a_record_changed_twice_in_one_transaction_is_told_of_by_its_first_kind(tracked):
    accounts = Subscriber(tracked, channel=ACCOUNTS)
    made = tracked.create("Account", Name="Acme", Phone="1")

    def patch(reference, **values):
        url = f"{V}/sobjects/Account/{made}"
        return {"method": "PATCH", "url": url, "referenceId": reference, "body": values}

    steps = [patch("a", Name="New", Phone=None), patch("b", Phone="2", BillingCity="Pune")]
    tracked.call("POST", "composite", json={"allOrNone": True, "compositeRequest": steps})

    created, updated = payloads(accounts)
    header = updated.pop("ChangeEventHeader")
    assert created["ChangeEventHeader"]["changeType"] == "CREATE"
    assert (header["changeType"], header["nulledFields"]) == ("UPDATE", [])
    assert updated.pop("LastModifiedDate").endswith(".000Z")
    assert updated == {"Name": "New", "Phone": "2", "BillingAddress": {"City": "Pune"}}
    assert set(header["changedFields"]) == {
        "Name",
        "Phone",
        "BillingAddress.City",
        "LastModifiedDate",
    }


@pytest.mark.req("ORG-06")
def test_an_object_is_selected_through_the_tooling_api_as_well(org):
    channel = {"FullName": "Mine__chn", "Metadata": {"channelType": "data", "label": "Mine"}}
    chosen = {"eventChannel": "Mine__chn", "selectedEntity": "AccountChangeEvent"}
    member = {"FullName": "Mine_AccountChangeEvent", "Metadata": chosen}
    made = [
        org.call("POST", f"tooling/sobjects/{kind}", json=body)
        for kind, body in (
            ("PlatformEventChannel", channel),
            ("PlatformEventChannelMember", member),
        )
    ]
    assert [answer.status_code for answer in made] == [201, 201]
    subscriber = Subscriber(org, channel="/data/Mine__chn")

    org.create("Account", Name="Acme")

    assert [each["entityName"] for each in headers(subscriber)] == ["Account"]
    soql = "SELECT FullName, EventChannel FROM PlatformEventChannelMember"
    found = org.call("GET", "tooling/query", params={"q": soql}).json()["records"]
    assert [each["EventChannel"] for each in found] == ["Mine__chn"]
    gone = org.call("DELETE", f"tooling/sobjects/PlatformEventChannelMember/{made[1].json()['id']}")
    assert gone.status_code == 204
    org.create("Account", Name="Other")
    assert headers(subscriber) == []
