"""Subscriptions whose place the org remembers."""

import time

import pytest

from crm_sync.localorg.pubsub import managed as managed_subscriptions
from tests.contract.pubsub.conftest import Stream
from tests.crm_sync.localorg.deploying import NS, deploy, pack

pytestmark = pytest.mark.contract
LARGE = "/event/Large_Order__e"


def configure(client, name="Orders", state="RUN"):
    body = (
        f"<ManagedEventSubscription {NS}><defaultReplay>EARLIEST</defaultReplay>"
        f"<errorRecoveryReplay>EARLIEST</errorRecoveryReplay><label>{name}</label>"
        f"<state>{state}</state><topicName>{LARGE}</topicName></ManagedEventSubscription>"
    )
    path = f"managedEventSubscriptions/{name}.managedEventSubscription"
    assert deploy(client.org, pack(**{path: body}))["status"] == "Succeeded"


def managed(client, **first):
    return Stream(client, client.messages.ManagedFetchRequest, "ManagedSubscribe", **first)


def commit(client, replay, name="c1"):
    return client.messages.CommitReplayRequest(commit_request_id=name, replay_id=replay)


def keys(client, events):
    return [client.read(each)["Event_Key__c"] for each in events]


@pytest.mark.req("ORG-06")
def test_a_managed_subscriber_goes_on_behind_what_it_committed(client):
    configure(client)
    client.publish(LARGE, *[client.event(LARGE, Event_Key__c=f"k{n}") for n in range(3)])
    stream = managed(client, developer_name="Orders", num_requested=2)

    events = stream.take(2)
    stream.ask(commit_replay_id_request=commit(client, events[0].replay_id))
    done = stream.next().commit_response
    stream.ask(commit_replay_id_request=commit(client, b"??", "c2"))
    bad = stream.next().commit_response
    stream.end()
    assert list(stream.answers) == []
    resumed = managed(client, developer_name="Orders", num_requested=2)

    assert (done.commit_request_id, done.replay_id) == ("c1", events[0].replay_id)
    assert done.process_time > 0
    assert not done.HasField("error")
    assert (bad.commit_request_id, bad.error.code) == ("c2", 2)
    assert keys(client, events) == ["k0", "k1"]
    assert keys(client, resumed.take(2)) == ["k1", "k2"]


@pytest.mark.req("ORG-06")
def test_a_managed_subscription_serves_one_client(client):
    configure(client)
    client.publish(LARGE, client.event(LARGE, Event_Key__c="k"))
    first = managed(client, developer_name="Orders", num_requested=1)
    first.take(1)

    second = managed(client, developer_name="Orders", num_requested=1)

    assert second.error() == ("ALREADY_EXISTS", "managed.subscription.already.active")


@pytest.mark.req("ORG-06")
@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({}, "id.or.developer.name.empty"),
        ({"developer_name": "Nope"}, "developer.name.not.found"),
        ({"subscription_id": "18x000000000001AAA"}, "subscription.id.not.found"),
        ({"developer_name": "Idle"}, "config.stopped"),
        ({"developer_name": "Orders", "num_requested": -1}, "fetch.request.events.invalid"),
    ],
)
def test_a_managed_subscription_that_makes_no_sense_is_refused(client, first, code):
    configure(client)
    configure(client, "Idle", "STOP")

    assert managed(client, **first).error()[1] == f"managed.subscription.{code}"


@pytest.mark.req("ORG-06")
def test_the_first_request_does_not_commit(client):
    configure(client)
    wish = {"commit_replay_id_request": commit(client, b"\0" * 8)}

    error = managed(client, developer_name="Orders", **wish).error()

    assert error[1] == "managed.subscription.fetch.request.commit.request.restricted"


@pytest.mark.req("ORG-06")
def test_every_commit_is_answered_while_events_go_out(client, monkeypatch):
    def slowly(*given):
        time.sleep(0.02)  # long enough for events to go out meanwhile
        return remember(*given)

    remember = managed_subscriptions.commit
    monkeypatch.setattr(managed_subscriptions, "commit", slowly)
    configure(client)
    client.publish(LARGE, *[client.event(LARGE, Event_Key__c=f"k{n}") for n in range(21)])
    stream = managed(client, developer_name="Orders", num_requested=1)
    (first,) = stream.take(1)

    for number in range(20):
        stream.ask(num_requested=1)
        stream.ask(commit_replay_id_request=commit(client, first.replay_id, f"c{number}"))
    stream.end()

    answers = list(stream.answers)
    committed = [each.commit_response for each in answers if each.HasField("commit_response")]
    assert [each.commit_request_id for each in committed] == [f"c{n}" for n in range(20)]
    assert sum(len(each.events) for each in answers) == 20
