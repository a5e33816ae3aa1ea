"""Events reach their subscribers, late ones too."""

import threading

import pytest
import requests

CHANNEL = "/event/Large_Order__e"


class Subscriber:
    """A CometD client in few lines."""

    def __init__(self, org, replay=-1, channel=CHANNEL):
        self.org = org
        self.client = self.send({"channel": "/meta/handshake", "version": "1.0"})[0]["clientId"]
        wish = {"ext": {"replay": {channel: replay}}} if replay is not None else {}
        self.subscribed = self.send(
            {"channel": "/meta/subscribe", "subscription": channel, **wish}
        )[0]

    def send(self, message):
        known = {"clientId": self.client} if hasattr(self, "client") else {}
        answer = requests.post(
            f"{self.org.url}/cometd/67.0",
            json=[{"id": "1", **known, **message}],
            headers=self.org.bearer(),
            timeout=20,
        )
        return answer.json()

    def poll(self, milliseconds=5000):
        answers = self.send({"channel": "/meta/connect", "advice": {"timeout": milliseconds}})
        return [each for each in answers if each["channel"] != "/meta/connect"]


def publish(org, key):
    answer = org.call("POST", "sobjects/Large_Order__e", json={"Event_Key__c": key})
    assert answer.json()["errors"][0]["statusCode"] == "OPERATION_ENQUEUED"
    return answer.json()


@pytest.mark.req("ORG-06")
def test_a_waiting_subscriber_hears_of_an_event(org):
    subscriber = Subscriber(org)
    timer = threading.Timer(0.3, publish, (org, "k1"))
    timer.start()

    heard = subscriber.poll()
    timer.join()

    assert [each["data"]["payload"]["Event_Key__c"] for each in heard] == ["k1"]
    assert heard[0]["channel"] == CHANNEL


@pytest.mark.req("ORG-06")
def test_a_client_resumes_behind_the_last_event_it_saw(org):
    for key in ("k1", "k2", "k3"):
        publish(org, key)
    first = Subscriber(org, replay=-2).poll(0)[0]["data"]["event"]["replayId"]

    heard = Subscriber(org, replay=first).poll(0)

    assert [each["data"]["payload"]["Event_Key__c"] for each in heard] == ["k2", "k3"]
    assert Subscriber(org, replay=-1).poll(0) == []


@pytest.mark.req("ORG-06")
def test_an_unknown_replay_id_is_refused(org):
    subscriber = Subscriber(org, replay=987654)

    assert subscriber.subscribed["successful"] is False
    assert subscriber.subscribed["error"].startswith("400::The replayId {987654}")


@pytest.mark.req("ORG-06")
def test_events_and_clients_that_do_not_exist_are_refused(org):
    assert Subscriber(org, channel="/event/Nope__e").subscribed["error"] == (
        "400::The channel you requested to subscribe to does not exist {/event/Nope__e}"
    )
    stranger = requests.post(
        f"{org.url}/cometd/67.0",
        json={"channel": "/meta/connect", "clientId": "x"},
        headers=org.bearer(),
        timeout=10,
    ).json()[0]
    assert stranger["advice"]["reconnect"] == "handshake"
    unknown = requests.post(
        f"{org.url}/cometd/67.0", json=[{"channel": "/meta/handshake"}], timeout=10
    )
    assert unknown.json()[0]["successful"] is False


@pytest.mark.req("ORG-06")
def test_fifty_subscribers_hear_the_same_event(org):
    subscribers = [Subscriber(org) for _ in range(50)]
    heard = []
    threads = [
        threading.Thread(target=lambda one=each: heard.append(one.poll())) for each in subscribers
    ]
    for thread in threads:
        thread.start()
    publish(org, "k1")
    for thread in threads:
        thread.join()

    assert [len(each) for each in heard] == [1] * 50


@pytest.mark.req("ORG-07")
def test_the_allowance_of_an_hour_ends_publishing(org):
    publish(org, "k1")
    assert org.call("GET", "limits").json()["HourlyPublishedPlatformEvents"] == {
        "Max": 250_000,
        "Remaining": 249_999,
    }
    org.switch("POST", "limits", {"HourlyPublishedPlatformEvents": 1})
    publish(org, "k2")

    refused = org.call("POST", "sobjects/Large_Order__e", json={"Event_Key__c": "k3"})

    assert refused.json()[0]["errorCode"] == "LIMIT_EXCEEDED"
    kept = [each["data"]["payload"]["Event_Key__c"] for each in Subscriber(org, -2).poll(0)]
    assert kept == ["k1", "k2"]


@pytest.mark.req("ORG-06")
def test_the_schema_that_an_event_names_can_be_read(org):
    subscriber = Subscriber(org)
    published = publish(org, "k1")["errors"][0]["message"]

    data = subscriber.poll(0)[0]["data"]
    schema = org.call("GET", f"event/eventSchema/{data['schema']}").json()

    assert data["event"]["EventUuid"] == published
    assert "EventUuid" not in data["payload"]
    assert (schema["name"], schema["uuid"]) == ("Large_Order__e", data["schema"])
    assert {field["name"] for field in schema["fields"]} == set(data["payload"])
    assert org.call("GET", "sobjects/Large_Order__e/eventSchema").json() == schema
    assert org.call("GET", "event/eventSchema/nonsense").status_code == 404
