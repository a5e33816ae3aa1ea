"""Push topics: which statements they take, which changes set them off, who hears of it."""

import pytest

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.records.delete import delete, undelete
from crm_sync.localorg.schema.access import Grants, narrowed
from crm_sync.localorg.streaming import topics
from tests.crm_sync.localorg.test_streaming import Subscriber

pytestmark = pytest.mark.req("ORG-06")
CONDITION = "SELECT Id, Name FROM Account WHERE Industry = 'Energy'"


def topic(org, name="Big", query="SELECT Id, Name, Industry FROM Account", **values):
    return org.create("PushTopic", Name=name, Query=query, ApiVersion=67.0, **values)


def heard(subscriber):
    """Type and content of the events that come at once."""
    found = [each["data"] for each in subscriber.poll(0)]
    return [(each["event"]["type"], each["sobject"]) for each in found]


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("SELECT Name FROM Account", "INVALID_FIELD", "The Id field has to be in the select list"),
        (
            "SELECT Id, Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact)",
            "INVALID_FIELD",
            "semi/anti join sub-selects are not supported",
        ),
        (
            "SELECT Id, AVG(AnnualRevenue) FROM Account",
            "INVALID_FIELD",
            "Aggregate queries are not supported",
        ),
        ("SELECT COUNT() FROM Account", "INVALID_FIELD", "Aggregate queries are not supported"),
        (
            "SELECT Id, AccountId FROM Contact GROUP BY AccountId",
            "INVALID_FIELD",
            "Aggregate queries are not supported",
        ),
        ("SELECT Id, Name FROM Contact LIMIT 10", "INVALID_FIELD", "'LIMIT' is not allowed"),
        (
            "SELECT Id, Contact.Account.Name FROM Contact",
            "INVALID_FIELD",
            "relationships are not supported",
        ),
        (
            "SELECT Id, (SELECT Id FROM Contacts) FROM Account",
            "INVALID_FIELD",
            "relationships are not supported",
        ),
        (
            "SELECT Id, Name FROM Account ORDER BY Name",
            "INVALID_FIELD",
            "'ORDER BY' clause is not allowed",
        ),
        (
            "SELECT Id FROM Account WHERE NOT Name = 'Salesforce.com'",
            "INVALID_FIELD",
            "'NOT' is not supported",
        ),
        (
            "SELECT Id, Name FROM Account WHERE BillingCity = 'New York' OFFSET 10",
            "INVALID_FIELD",
            "'OFFSET' clause is not allowed",
        ),
        (
            "SELECT TYPEOF Owner WHEN User THEN LastName ELSE Name END FROM Case",
            "INVALID_FIELD",
            "'TYPEOF' clause is not allowed",
        ),
        ("SELECT Id, TotalAmount FROM Order", "INVALID_TYPE", "sObject type 'Order' is not"),
        ("SELECT Id, Nope FROM Account", "INVALID_FIELD", "No such column 'Nope' on entity"),
        ("SELECT Id, FROM Account", "MALFORMED_QUERY", "unexpected token"),
        (
            "SELECT Id FROM Account",
            "INVALID_FIELD",
            "The SELECT or WHERE clause must contain at least one field other than Id",
        ),
    ],
)
def test_a_statement_that_no_single_record_can_answer_is_refused(desk, query, code, message):
    with pytest.raises(SalesforceError) as refusal:
        topic(desk, query=query)

    assert (refusal.value.code, refusal.value.fields) == (code, ["Query"])
    assert message in refusal.value.message
    assert desk.ask("SELECT Id FROM PushTopic") == []


def test_a_topic_is_described_and_completed_as_the_platform_does(desk):
    made = topic(desk, NotifyForOperationDelete=False, NotifyForOperationUndelete=False)
    topic(desk, name="Other")

    assert desk.ask("SELECT NotifyForFields, NotifyForOperations, IsActive FROM PushTopic") == [
        {"NotifyForFields": "Referenced", "NotifyForOperations": "All", "IsActive": True},
        {"NotifyForFields": "Referenced", "NotifyForOperations": "Extended", "IsActive": True},
    ]
    assert made.startswith("0IF")
    with pytest.raises(SalesforceError) as refusal:
        topic(desk)
    assert refusal.value.code == "DUPLICATE_VALUE"
    with pytest.raises(SalesforceError) as refusal:
        topic(desk, name="x" * 26)
    assert refusal.value.code == "STRING_TOO_LONG"
    with pytest.raises(SalesforceError) as refusal:
        topic(desk, name="Odd", NotifyForFields="Some")
    assert refusal.value.code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_a_subscriber_hears_of_a_record_from_its_making_to_its_return(org):
    topic(org)
    subscriber = Subscriber(org, channel="/topic/Big")

    made = org.create("Account", Name="Acme", Phone="1")
    org.call("PATCH", f"sobjects/Account/{made}", json={"Industry": "Energy"})
    org.call("DELETE", f"sobjects/Account/{made}")
    message = subscriber.poll(0)

    facts = [each["data"]["event"] for each in message]
    assert [each["type"] for each in facts] == ["created", "updated", "deleted"]
    assert [set(each) for each in facts] == [{"createdDate", "replayId", "type"}] * 3
    assert all(each["createdDate"].endswith("Z") for each in facts)
    assert {each["channel"] for each in message} == {"/topic/Big"}
    assert [each["data"]["sobject"] for each in message] == [
        {"Id": made, "Name": "Acme", "Industry": None},
        {"Id": made, "Name": "Acme", "Industry": "Energy"},
        {"Id": made},
    ]
    again = Subscriber(org, replay=facts[0]["replayId"], channel="/topic/Big")
    assert [each["data"]["event"] for each in again.poll(0)] == facts[1:]


@pytest.mark.parametrize(
    ("which", "set_off"),
    [
        ("All", ["Phone", "Name", "Industry"]),
        ("Referenced", ["Name", "Industry"]),
        ("Select", ["Name"]),
        ("Where", ["Industry"]),
    ],
)
def test_only_a_change_of_the_fields_that_count_is_told(desk, which, set_off):
    query = "SELECT Id, Name FROM Account WHERE Industry IN ('Energy', 'Media')"
    source = f"/topic/{topic(desk, query=query, NotifyForFields=which)}"
    made = desk.create("Account", Name="Acme", Industry="Energy")
    other = desk.create("Account", Name="Acme", Industry="Banking")
    assert len(desk.org.events.after([source], 0)) == 1

    found = []
    for field, value in (("Phone", "2"), ("Name", "New"), ("Industry", "Media")):
        before = desk.org.events.last()
        desk.change("Account", made, **{field: value})
        desk.change("Account", other, Name=f"Other {field}")
        found += [field] * len(desk.org.events.after([source], before))

    assert found == set_off


def test_a_record_that_leaves_the_condition_is_not_told_of(desk):
    source = f"/topic/{topic(desk, query=CONDITION)}"
    made = desk.create("Account", Name="Acme", Industry="Energy")

    desk.change("Account", made, Industry="Media")
    desk.change("Account", made, Name="Still outside")
    desk.change("Account", made, Industry="Energy")

    kinds = [each.payload["event"]["type"] for each in desk.org.events.after([source], 0)]
    assert kinds == ["created", "updated"]


def test_a_topic_is_silent_about_what_it_was_told_to_leave_out(desk):
    wishes = {f"NotifyForOperation{each}": False for each in ("Create", "Delete", "Undelete")}
    made = topic(desk, **wishes)
    account = desk.create("Account", Name="Acme")
    desk.change("Account", account, Name="New")
    desk.change("PushTopic", made, IsActive=False)
    desk.change("Account", account, Name="Newer")

    events = desk.org.events.after([f"/topic/{made}"], 0)

    assert [each.payload["sobject"]["Name"] for each in events] == ["New"]


def test_a_record_that_comes_back_is_told_with_its_fields(desk):
    source = f"/topic/{topic(desk, query=CONDITION)}"
    owner, ctx = desk.org.schema.require("Account"), desk.org.context()
    made = desk.create("Account", Name="Acme", Industry="Energy")
    delete(ctx, owner, made, desk.options)
    undelete(ctx, owner, made, desk.options)

    told = [each.payload for each in desk.org.events.after([source], 0)]

    assert [(each["event"]["type"], each["sobject"]) for each in told[1:]] == [
        ("deleted", {"Id": made}),
        ("undeleted", {"Id": made, "Name": "Acme"}),
    ]


def test_what_is_undone_is_told_by_nobody_and_a_topic_undone_watches_nothing(desk):
    class Undone(Exception):
        pass

    def undo():
        with desk.org.store.write():
            topic(desk)
            desk.create("Account", Name="Acme")
            raise Undone

    with pytest.raises(Undone):
        undo()
    desk.create("Account", Name="Other")

    assert desk.org.events.last() == 0


def test_a_record_changed_twice_in_one_transaction_is_told_of_once(desk):
    source = f"/topic/{topic(desk)}"

    with desk.org.store.write():
        made = desk.create("Account", Name="Acme")
        desk.change("Account", made, Name="New")

    events = desk.org.events.after([source], 0)
    assert [each.payload["event"]["type"] for each in events] == ["created"]
    assert events[0].payload["sobject"]["Name"] == "New"


def test_a_subscription_with_conditions_hears_where_any_of_them_holds(org):
    topic(org, query="SELECT Id, Name, Industry, BillingCity FROM Account")
    both = "/topic/Big?Industry='Energy'&BillingCity=San+Francisco"
    subscriber = Subscriber(org, channel=both)

    for name, values in (
        ("A", {"Industry": "Energy"}),
        ("B", {"BillingCity": "San Francisco"}),
        ("C", {"Industry": "Media"}),
    ):
        org.create("Account", Name=name, **values)

    messages = subscriber.poll(0)
    assert [each["data"]["sobject"]["Name"] for each in messages] == ["A", "B"]
    assert {each["channel"] for each in messages} == {both}
    refused = Subscriber(org, channel="/topic/Big?Phone=1").subscribed
    assert refused["error"] == "400::Query fields {Phone} do not exist on the topic entity"


def test_a_subscriber_hears_only_of_fields_that_it_may_read(desk):
    payload = {
        "event": {"type": "created"},
        "sobject": {"Id": "001", "Name": "Acme", "Industry": "Energy"},
        "object": "Account",
    }
    readable = {"account.name"}
    some = narrowed(desk.org.schema, Grants({"Account": {"allowRead"}}, readable))
    nothing = narrowed(desk.org.schema, Grants())

    told = {"event": {"type": "created"}, "sobject": {"Id": "001", "Name": "Acme"}}
    assert topics.readable(some, payload) == told
    assert topics.readable(nothing, payload) is None


def test_a_topic_that_was_renamed_keeps_its_listeners(org):
    made = topic(org)
    subscriber = Subscriber(org, channel="/topic/Big")
    org.call("PATCH", f"sobjects/PushTopic/{made}", json={"Name": "Large"})

    org.create("Account", Name="Acme")

    assert [kind for kind, _sobject in heard(subscriber)] == ["created"]
    assert [kind for kind, _ in heard(Subscriber(org, -2, channel="/topic/Large"))] == ["created"]
    gone = Subscriber(org, channel="/topic/Big").subscribed["error"]
    assert gone == "400::The channel you requested to subscribe to does not exist {/topic/Big}"


def test_a_late_subscriber_without_a_wish_still_hears_of_what_happens_just_then(org):
    topic(org)
    org.create("Account", Name="Acme")

    subscriber = Subscriber(org, replay=None, channel="/topic/Big")

    assert [kind for kind, _sobject in heard(subscriber)] == ["created"]
