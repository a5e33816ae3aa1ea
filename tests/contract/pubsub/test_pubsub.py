"""The Pub/Sub interface as clients of the real thing use it."""

import threading

import pytest

from tests.crm_sync.localorg.test_change_events import collection, select

grpc = pytest.importorskip("grpc", reason="the extra [pubsub] is not installed")
pytestmark = pytest.mark.contract
LARGE = "/event/Large_Order__e"
ACCOUNTS = "/data/AccountChangeEvent"
EARLIEST, CUSTOM = 1, 2


def keys(client, events):
    return [client.read(each)["Event_Key__c"] for each in events]


@pytest.mark.req("ORG-06")
def test_a_topic_says_what_can_be_done_with_it(client):
    event, change = client.topic(LARGE), client.topic(ACCOUNTS)

    assert (event.topic_name, event.can_publish, event.can_subscribe) == (LARGE, True, True)
    assert (change.can_publish, change.can_subscribe) == (False, True)
    assert len(event.schema_id) == 22
    assert client.schema(event.schema_id)["name"] == "Large_Order__e"
    assert client.schema(change.schema_id)["fields"][0]["name"] == "ChangeEventHeader"
    assert len({event.rpc_id, change.rpc_id}) == 2


@pytest.mark.req("ORG-06")
def test_what_is_published_arrives_as_it_was_sent(client):
    stream = client.subscribe(LARGE, replay_preset=EARLIEST)

    answer = client.publish(
        LARGE,
        client.event(LARGE, "my-id", Event_Key__c="k1", Amount__c=12.5),
        client.event(LARGE, Event_Key__c="k2"),
    )

    events = stream.take(2)
    assert [each.event.id for each in events] == [one.correlation_key for one in answer.results]
    assert [each.replay_id for each in events] == [one.replay_id for one in answer.results]
    assert events[0].event.id == "my-id"
    first = client.read(events[0])
    assert (first["Event_Key__c"], first["Amount__c"]) == ("k1", 12.5)
    assert first["CreatedById"].startswith("005")
    assert first["CreatedDate"] > 0


@pytest.mark.req("ORG-06")
def test_one_bad_event_does_not_stop_the_others(client):
    bad = client.event(LARGE, "bad", Event_Key__c="x" * 300)
    broken = client.messages.ProducerEvent(id="broken", schema_id=bad.schema_id, payload=b"\xff")
    stranger = client.messages.ProducerEvent(id="s", schema_id="A" * 22, payload=b"")

    answer = client.publish(LARGE, bad, client.event(LARGE, Event_Key__c="k"), broken, stranger)

    assert [one.error.code for one in answer.results] == [1, 0, 1, 1]
    assert answer.results[0].error.msg.startswith("STRING_TOO_LONG")
    events = client.subscribe(LARGE, replay_preset=EARLIEST).take(1)
    assert keys(client, events) == ["k"]


@pytest.mark.req("ORG-06")
def test_a_stream_of_publishing_answers_every_request(client):
    wish = client.messages.PublishRequest
    requests = [
        wish(topic_name=LARGE, events=[client.event(LARGE, Event_Key__c="k1")]),
        wish(events=[client.event(LARGE, Event_Key__c="k2")]),
    ]
    answers = client.stub.PublishStream(iter(requests), metadata=client.headers())

    assert [len(each.results) for each in answers] == [1, 1]
    other = [*requests[:1], wish(topic_name=ACCOUNTS, events=requests[1].events)]
    with pytest.raises(grpc.RpcError) as caught:
        list(client.stub.PublishStream(iter(other), metadata=client.headers()))
    assert problem_of(caught) == ("INVALID_ARGUMENT", "publish.topic.mismatch")


def problem_of(caught):
    trailers = dict(caught.value.trailing_metadata())
    return caught.value.code().name, trailers["error-code"].split("grpc.")[1]


@pytest.mark.req("ORG-06")
def test_a_client_gets_no_more_than_it_asks_for(client):
    client.publish(LARGE, *[client.event(LARGE, Event_Key__c=f"k{n}") for n in range(5)])
    stream = client.subscribe(LARGE, 2, replay_preset=EARLIEST)

    first = stream.next()
    stream.ask(topic_name=LARGE, num_requested=10)
    rest = stream.next()

    assert (keys(client, first.events), first.pending_num_requested) == (["k0", "k1"], 0)
    assert (keys(client, rest.events), rest.pending_num_requested) == (["k2", "k3", "k4"], 7)
    assert rest.latest_replay_id == rest.events[-1].replay_id
    stream.end()
    assert list(stream.answers) == []


@pytest.mark.req("ORG-06")
def test_a_client_resumes_behind_the_last_event_it_saw(client):
    client.publish(LARGE, *[client.event(LARGE, Event_Key__c=f"k{n}") for n in range(3)])
    seen = client.subscribe(LARGE, 1, replay_preset=EARLIEST).take(1)[0].replay_id

    resumed = client.subscribe(LARGE, replay_preset=CUSTOM, replay_id=seen).take(2)

    assert keys(client, resumed) == ["k1", "k2"]


@pytest.mark.req("ORG-06")
def test_without_a_wish_only_what_is_new_arrives(client):
    client.publish(LARGE, client.event(LARGE, Event_Key__c="old"))
    stream = client.subscribe(LARGE, 1)
    heard = threading.Event()

    def publish():
        while not heard.wait(0.3):
            client.publish(LARGE, client.event(LARGE, Event_Key__c="new"))

    publisher = threading.Thread(target=publish)
    publisher.start()
    found = keys(client, stream.take(1))
    heard.set()
    publisher.join()

    assert found == ["new"]


@pytest.mark.req("ORG-06")
@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"replay_preset": CUSTOM}, "subscription.fetch.replayid.validation.failed"),
        (
            {"replay_preset": CUSTOM, "replay_id": (999_999).to_bytes(8, "big")},
            "subscription.fetch.replayid.corrupted",
        ),
        (
            {"replay_preset": CUSTOM, "replay_id": b"??"},
            "subscription.fetch.replayid.corrupted",
        ),
        ({"number": 0}, "subscription.fetch.requested.events.invalid"),
    ],
)
def test_a_subscription_that_makes_no_sense_is_refused(client, wishes, code):
    assert client.subscribe(LARGE, **wishes).error() == ("INVALID_ARGUMENT", code)


@pytest.mark.req("ORG-06")
def test_topics_that_do_not_exist_or_change_are_refused(client):
    unknown = client.subscribe("/event/Nope__e")
    stream = client.subscribe(LARGE)
    stream.ask(topic_name=ACCOUNTS, num_requested=1)
    change = client.messages.PublishRequest(
        topic_name=ACCOUNTS, events=[client.event(LARGE, Event_Key__c="k")]
    )

    assert unknown.error() == ("NOT_FOUND", "topic.not.found")
    assert client.subscribe("").error() == ("INVALID_ARGUMENT", "topic.validation.empty")
    assert stream.error() == ("INVALID_ARGUMENT", "subscription.fetch.topic.mismatch")
    with pytest.raises(grpc.RpcError) as caught:
        client.stub.Publish(change, metadata=client.headers())
    assert problem_of(caught)[0] == "PERMISSION_DENIED"
    with pytest.raises(grpc.RpcError) as caught:
        client.publish(LARGE)
    assert problem_of(caught) == ("INVALID_ARGUMENT", "publish.event.count.invalid")
    with pytest.raises(grpc.RpcError) as caught:
        client.schema("A" * 22)
    assert problem_of(caught) == ("NOT_FOUND", "schema.meta.permission")


@pytest.mark.req("ORG-06")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"accesstoken": "00D000000000001!nonsense"}, "service.auth.error"),
        ({"tenantid": "00D000000000001AAA"}, "service.auth.error"),
        ({"instanceurl": ""}, "service.auth.headers.invalid"),
    ],
)
def test_a_stranger_is_not_served(client, changes, code):
    request = client.messages.TopicRequest(topic_name=LARGE)
    with pytest.raises(grpc.RpcError) as caught:
        client.stub.GetTopic(request, metadata=client.headers(**changes))
    assert problem_of(caught) == ("UNAUTHENTICATED", code)


@pytest.mark.req("ORG-06", "ORG-02")
def test_a_stream_ends_with_its_session(client):
    stream = client.subscribe(LARGE, 5)
    client.org.faults({"kind": "expire_token", "count": 1})
    assert client.org.call("GET", "limits").status_code == 401

    assert stream.error() == ("UNAUTHENTICATED", "service.auth.error")
    client.org.token = ""


@pytest.mark.req("ORG-06", "ORG-09")
def test_an_outage_can_be_rehearsed(client):
    client.org.faults({"kind": "unavailable", "method": "Subscribe", "count": 1})

    assert client.subscribe(LARGE).error() == ("UNAVAILABLE", "service.unavailable")
    assert client.topic(LARGE).can_subscribe


def names_of(schema, bitmaps):
    """Field names behind bitmaps, the way the documentation tells clients to read them."""
    found = []
    for text in bitmaps:
        place, dash, digits = text.rpartition("-")
        fields = schema["fields"]
        prefix = ""
        if dash:
            parent = fields[int(place)]
            prefix = f"{parent['name']}."
            fields = parent["type"][1]["fields"]
        number = int(digits, 16)
        found += [prefix + each["name"] for at, each in enumerate(fields) if number >> at & 1]
    return found


@pytest.mark.req("ORG-06")
def test_a_change_event_lists_its_fields_as_bitmaps(client):
    select(client.org, "ContactChangeEvent", "AccountChangeEvent")
    made = client.org.create("Contact", FirstName="Asha", LastName="Rao", Birthdate="1990-02-01")
    stream = client.subscribe("/data/ContactChangeEvent", replay_preset=EARLIEST)

    wish = {"LastName": "Iyer", "FirstName": None, "Title": "Boss", "Birthdate": None}
    client.org.call("PATCH", f"sobjects/Contact/{made}", json=wish)

    event = stream.take(2)[1]
    schema, found = client.schema(event.event.schema_id), client.read(event)
    header = found["ChangeEventHeader"]
    assert (header["changeType"], header["recordIds"]) == ("UPDATE", [made])
    assert sorted(names_of(schema, header["changedFields"])) == [
        "Birthdate",
        "LastModifiedDate",
        "Name.FirstName",
        "Name.LastName",
        "Title",
    ]
    assert sorted(names_of(schema, header["nulledFields"])) == ["Birthdate", "Name.FirstName"]
    assert found["Title"] == "Boss"
    assert found["Name"]["LastName"] == "Iyer"
    assert abs(found["LastModifiedDate"] - header["commitTimestamp"]) < 2000


@pytest.mark.req("ORG-06")
def test_the_channel_of_all_changes_names_the_schema_of_each(client):
    select(client.org, "AccountChangeEvent", "LeadChangeEvent")
    stream = client.subscribe("/data/ChangeEvents", replay_preset=EARLIEST)

    collection(client.org, [{"Name": "A"}, {"Name": "B"}])
    client.org.create("Lead", LastName="Doe", Company="Acme")

    events = stream.take(3)
    found = [client.read(each)["ChangeEventHeader"]["entityName"] for each in events]
    assert found == ["Account", "Account", "Lead"]
    assert len({each.event.schema_id for each in events}) == 2


@pytest.mark.req("ORG-06")
def test_fifty_subscribers_hear_the_same_event(client):
    streams = [client.subscribe(LARGE, 1, replay_preset=EARLIEST) for _ in range(50)]

    client.publish(LARGE, client.event(LARGE, Event_Key__c="k1"))

    assert [keys(client, each.take(1)) for each in streams] == [["k1"]] * 50
