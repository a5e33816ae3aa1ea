"""The protocol of CometD clients: greetings, polls, refusals in the platform's words."""

import threading
import time

import pytest
import requests

from tests.crm_sync.localorg.test_streaming import CHANNEL, Subscriber, publish

pytestmark = pytest.mark.req("ORG-06")


def send(org, *messages, path="/cometd/67.0", headers=None):
    headers = org.bearer() if headers is None else headers
    answer = requests.post(f"{org.url}{path}", json=list(messages), headers=headers, timeout=20)
    return answer.json()


def greeted(org):
    return send(org, {"channel": "/meta/handshake", "id": "1", "version": "1.0"})[0]["clientId"]


def test_a_greeting_has_the_words_of_the_platform(org):
    found = send(org, {"channel": "/meta/handshake", "id": "7", "version": "1.0"})[0]

    assert len(found.pop("clientId")) >= 26
    assert found == {
        "id": "7",
        "channel": "/meta/handshake",
        "successful": True,
        "version": "1.0",
        "minimumVersion": "1.0",
        "supportedConnectionTypes": ["long-polling"],
        "ext": {"replay": True, "payload.format": True},
    }


def test_the_first_poll_is_answered_at_once_with_advice_and_the_next_without(org):
    client = greeted(org)
    connect = {"channel": "/meta/connect", "connectionType": "long-polling", "clientId": client}

    started = time.monotonic()
    first = send(org, {**connect, "id": "2"})
    second = send(org, {**connect, "id": "3", "advice": {"timeout": 0}})

    assert time.monotonic() - started < 10
    advice = {"interval": 0, "timeout": 110_000, "reconnect": "retry"}
    plain = {"clientId": client, "channel": "/meta/connect", "successful": True}
    assert first == [{**plain, "id": "2", "advice": advice}]
    assert second == [{**plain, "id": "3"}]


def test_several_messages_are_answered_in_one_go(org):
    client = greeted(org)
    other = "/event/Nope__e"

    def subscribe(number, *names):
        wish = list(names) if len(names) > 1 else names[0]
        return {
            "channel": "/meta/subscribe",
            "clientId": client,
            "id": number,
            "subscription": wish,
        }

    answers = send(
        org, subscribe("2", CHANNEL), subscribe("3", other), subscribe("4", CHANNEL, other)
    )

    assert [(each["id"], each["successful"]) for each in answers] == [
        ("2", True),
        ("3", False),
        ("4", False),
    ]
    assert answers[2]["subscription"] == [CHANNEL, other]


@pytest.mark.parametrize(
    ("subscription", "error"),
    [
        (None, "400::Channel name not specified"),
        ("", "400::Channel name not specified"),
        ("topic/Big", "400::Channel subscriptions must start with a leading '/'"),
        (
            "/topic/None",
            "400::The channel you requested to subscribe to does not exist {/topic/None}",
        ),
        ("/data/NoChangeEvent", "400::The channel specified is not valid"),
        ("/event/*", "403:denied_by_security_policy:create_denied"),
        ("/**", "403:denied_by_security_policy:create_denied"),
        ("/chat/room", "403:denied_by_security_policy:create_denied"),
    ],
)
def test_a_channel_that_cannot_be_had_is_refused_in_the_words_of_the_platform(
    org, subscription, error
):
    message = {"channel": "/meta/subscribe", "clientId": greeted(org), "id": "2"}
    wish = {} if subscription is None else {"subscription": subscription}

    found = send(org, {**message, **wish})[0]

    assert (found["successful"], found["error"]) == (False, error)
    assert found.get("subscription") == subscription


def test_messages_out_of_turn_are_refused(org):
    client = greeted(org)

    def refused(**message):
        found = send(org, {"id": "2", **message})[0]
        assert found["successful"] is False
        return found["error"], found.get("advice", {}).get("reconnect")

    connect = {"channel": "/meta/connect"}
    assert refused(**connect) == ("403::Client has not completed handshake", "handshake")
    assert refused(**connect, clientId="x") == ("403::Unknown client", "handshake")
    odd = {"clientId": client, "connectionType": "websocket"}
    assert refused(**connect, **odd) == ("400::Invalid connection type websocket", None)
    published = refused(channel=CHANNEL, clientId=client, data={})
    assert published == ("403:denied_by_security_policy:publish_denied", None)


def test_without_a_good_session_nothing_is_had(org):
    handshake = {"channel": "/meta/handshake", "id": "1"}
    bad = {"Authorization": "Bearer nonsense"}
    client = greeted(org)

    nobody = send(org, handshake, headers={})[0]
    stranger = send(org, handshake, headers=bad)[0]
    poll = send(org, {"channel": "/meta/connect", "clientId": client, "id": "2"}, headers=bad)[0]

    assert nobody["error"] == stranger["error"] == "403::Handshake denied"
    assert nobody["ext"]["sfdc"]["failureReason"] == "401::Request requires authentication"
    assert stranger["ext"]["sfdc"]["failureReason"] == "401::Authentication invalid"
    assert stranger["advice"] == {"reconnect": "none"}
    assert poll == {
        "id": "2",
        "clientId": client,
        "channel": "/meta/connect",
        "successful": False,
        "error": "401::Authentication invalid",
        "advice": {"reconnect": "none", "interval": 0},
    }


def test_a_held_poll_ends_with_the_session(org):
    subscriber = Subscriber(org)
    revoke = {"token": org.bearer()["Authorization"][7:]}
    address = f"{org.url}/services/oauth2/revoke"
    timer = threading.Timer(0.3, lambda: requests.post(address, data=revoke, timeout=10))
    timer.start()

    found = subscriber.send({"channel": "/meta/connect", "advice": {"timeout": 15_000}})
    timer.join()
    org.token = ""

    assert [each["error"] for each in found] == ["401::Authentication invalid"]


def test_a_held_poll_ends_with_a_goodbye_and_with_the_next_poll(org):
    subscriber = Subscriber(org)
    answers = []

    def poll(milliseconds):
        wish = {"channel": "/meta/connect", "advice": {"timeout": milliseconds}}
        answers.append(subscriber.send(wish))

    first = threading.Thread(target=poll, args=(15_000,))
    first.start()
    poll(0)
    subscriber.send({"channel": "/meta/disconnect"})
    first.join(10)

    assert not first.is_alive()
    assert len(answers) == 2
    gone = send(org, {"channel": "/meta/connect", "clientId": subscriber.client, "id": "9"})[0]
    assert gone["error"] == "403::Unknown client"


def test_the_address_names_a_version_that_is_served(org):
    handshake = {"channel": "/meta/handshake", "id": "1"}

    for path in ("/cometd", "/cometd/"):
        assert send(org, handshake, path=path)[0]["error"] == (
            "400::API version in the URI is mandatory. URI format: '/cometd/67.0'"
        )
    assert send(org, handshake, path="/cometd/22.0")[0]["error"] == (
        "400::Unsupported API version. Only API versions '37.0' and later are supported. "
        "URI format: '/cometd/67.0'"
    )
    assert send(org, handshake, path="/cometd/67.0/handshake")[0]["successful"] is True


NONSENSE: tuple[object, ...] = (
    None, True, -1, 1.5, 1e308, 10**400, "", "\0", "\ud800", "/topic/\ud800", "/u/\0", "/topic/?=",
    "/topic/Big?%ZZ=%", "x" * 5000, [], {}, [[]], [None], {"replay": []}, {"timeout": 10**400},
    {"replay": {CHANNEL: []}}, {"replay": {CHANNEL: 10**400}}, {"timeout": -1e308},
)  # fmt: skip


@pytest.mark.parametrize("place", ["channel", "clientId", "subscription", "ext", "id", "data"])
def test_nonsense_in_any_place_is_answered_in_the_form_of_the_protocol(org, place):
    client = greeted(org)
    for kind in ("handshake", "subscribe", "unsubscribe", "connect", "disconnect"):
        whole = {"channel": f"/meta/{kind}", "clientId": client, "subscription": CHANNEL}
        whole |= {"advice": {"timeout": 0}}
        found = send(org, *({**whole, place: each} for each in NONSENSE))
        assert len(found) >= len(NONSENSE)
        assert all(isinstance(each["successful"], bool) for each in found)
        if kind == "connect":
            found = send(org, {**whole, "advice": {"timeout": -(10**400)}})
            assert "successful" in found[0]


def test_an_event_is_not_told_twice_nor_to_those_who_left(org):
    stays, leaves = Subscriber(org), Subscriber(org)
    leaves.send({"channel": "/meta/unsubscribe", "subscription": CHANNEL})

    publish(org, "k1")

    assert [each["data"]["payload"]["Event_Key__c"] for each in stays.poll(0)] == ["k1"]
    assert stays.poll(0) == leaves.poll(0) == []


def test_the_allowance_of_a_day_ends_delivery(org):
    subscriber = Subscriber(org)
    for key in ("k1", "k2"):
        publish(org, key)
    assert len(subscriber.poll(0)) == 2
    left = org.call("GET", "limits").json()["DailyDeliveredPlatformEvents"]
    assert left == {"Max": 1_000_000, "Remaining": 999_998}

    org.switch("POST", "limits", {"DailyDeliveredPlatformEvents": 0})
    found = subscriber.send({"channel": "/meta/connect", "advice": {"timeout": 0}})

    assert found[0]["error"] == "403::Organization total events daily limit exceeded"


def test_a_request_that_is_too_large_is_turned_away(org):
    padded = {"channel": "/meta/handshake", "id": "x" * 33_000}
    answer = requests.post(
        f"{org.url}/cometd/67.0", json=[padded], headers=org.bearer(), timeout=20
    )

    assert answer.status_code == 413
    assert answer.json()[0]["error"] == "413::Maximum Request Size Exceeded"
