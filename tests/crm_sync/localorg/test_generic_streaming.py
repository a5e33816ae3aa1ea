"""Channels for messages of any content: made like records, pushed to, and listened to."""

import pytest

from tests.crm_sync.localorg.test_streaming import Subscriber

pytestmark = pytest.mark.req("ORG-06")
CHANNEL = "/u/notifications/Example"


@pytest.fixture
def channel(org):
    return org.create("StreamingChannel", Name=CHANNEL)


def push(org, channel, *events):
    body = {"pushEvents": [{"payload": text, "userIds": users} for text, users in events]}
    return org.call("POST", f"sobjects/StreamingChannel/{channel}/push", json=body)


def test_a_message_reaches_everybody_who_listens_and_is_kept_for_those_who_come_late(org, channel):
    assert push(org, channel, ("nobody", [])).json() == [{"fanoutCount": 0, "userOnlineStatus": {}}]
    subscriber = Subscriber(org, channel=CHANNEL)

    answer = push(org, channel, ("hello", []), ("again", []))

    assert answer.status_code == 200
    assert answer.json() == [{"fanoutCount": -1, "userOnlineStatus": {}}] * 2
    first, second = subscriber.poll(0)
    assert (first["channel"], first["data"]["payload"]) == (CHANNEL, "hello")
    assert set(first["data"]) == {"payload", "event"}
    assert set(first["data"]["event"]) == {"createdDate", "replayId"}
    assert second["data"]["event"]["replayId"] > first["data"]["event"]["replayId"]
    late = Subscriber(org, replay=-2, channel=CHANNEL)
    assert [each["data"]["payload"] for each in late.poll(0)] == ["nobody", "hello", "again"]


def test_a_message_to_some_is_heard_by_them_alone(org, channel):
    me = org.query("SELECT Id FROM User ORDER BY Id LIMIT 1")[0]["Id"]
    stranger = f"005{'0' * 12}AAA"
    subscriber = Subscriber(org, channel=CHANNEL)

    answer = push(org, channel, ("mine", [me]), ("theirs", [stranger]), ("ours", [me, stranger]))

    assert answer.json() == [
        {"fanoutCount": 1, "userOnlineStatus": {me: True}},
        {"fanoutCount": 0, "userOnlineStatus": {stranger: False}},
        {"fanoutCount": 1, "userOnlineStatus": {me: True, stranger: False}},
    ]
    assert [each["data"]["payload"] for each in subscriber.poll(0)] == ["mine", "ours"]


def test_a_channel_says_who_listens(org, channel):
    address = f"sobjects/StreamingChannel/{channel}/push"
    me = org.query("SELECT Id FROM User ORDER BY Id LIMIT 1")[0]["Id"]
    assert org.call("GET", address).json() == {"OnlineUserIds": [], "ChannelName": CHANNEL}

    subscriber = Subscriber(org, channel=CHANNEL)
    assert org.call("GET", address).json()["OnlineUserIds"] == [me]

    subscriber.send({"channel": "/meta/disconnect"})
    assert org.call("GET", address).json()["OnlineUserIds"] == []


@pytest.mark.parametrize("name", ["notifications", "/x/notifications", "/u/", "/u/with space"])
def test_a_channel_is_named_like_an_address_below_u(org, name):
    answer = org.call("POST", "sobjects/StreamingChannel", json={"Name": name})

    assert (answer.status_code, answer.json()[0]["fields"]) == (400, ["Name"])
    assert org.query("SELECT Id FROM StreamingChannel") == []


def test_a_push_that_cannot_be_understood_sends_nothing(org, channel):
    subscriber = Subscriber(org, channel=CHANNEL)
    address = f"sobjects/StreamingChannel/{channel}/push"

    assert push(org, channel, ("x" * 3001, [])).json()[0]["errorCode"] == "STRING_TOO_LONG"
    assert push(org, channel, ("x", ["nobody"])).json()[0]["errorCode"] == "MALFORMED_ID"
    assert org.call("POST", address, json={"pushEvents": []}).status_code == 400
    assert org.call("POST", address, json={"pushEvents": [{"payload": 7}]}).status_code == 400
    assert push(org, f"0M6{'0' * 12}AAA", ("x", [])).status_code == 404
    assert subscriber.poll(0) == []


def test_a_channel_that_is_not_there_is_not_made_by_listening(org, channel):
    unknown = Subscriber(org, channel="/u/nowhere").subscribed
    other_case = Subscriber(org, channel=CHANNEL.upper().replace("/U/", "/u/")).subscribed

    assert unknown["error"] == "404::Unknown channel"
    assert other_case["error"] == "404::channel names may not vary only by case"


def test_who_listened_to_a_record_shakes_hands_again_after_a_reset(org, channel):
    listens, other = Subscriber(org, channel=CHANNEL), Subscriber(org)
    org.reset()

    found = listens.send({"channel": "/meta/connect", "advice": {"timeout": 0}})[0]

    assert (found["error"], found["advice"]["reconnect"]) == ("403::Unknown client", "handshake")
    assert other.poll(0) == []
