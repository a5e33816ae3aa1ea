"""The methods of the interface."""

from collections.abc import Iterator
from typing import Any

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.pubsub import codec, managed, wire
from crm_sync.localorg.pubsub.caller import Caller
from crm_sync.localorg.pubsub.delivery import Delivery
from crm_sync.localorg.pubsub.publishing import publish
from crm_sync.localorg.pubsub.refusals import Refused
from crm_sync.localorg.streaming.channels import Channel
from crm_sync.localorg.streaming.log import ALL_KEPT, NEW_ONLY

KEEPALIVE_SECONDS = 270.0
Message = Any


def channel_of(caller: Caller, topic: str) -> Channel:
    """Return the channel that a topic names."""
    if not topic:
        raise Refused("topic.validation.empty")
    found = caller.org.channels.find(topic)
    if found is None:
        raise Refused("topic.not.found")
    return found


def start_of(org: Org, preset: int, replay: bytes) -> int:
    """Return the replay id behind which a subscription begins."""
    if preset != wire.CUSTOM:
        return org.events.start(ALL_KEPT if preset == wire.EARLIEST else NEW_ONLY)
    if not replay:
        raise Refused("subscription.fetch.replayid.validation.failed")
    number = codec.replay_number(replay)
    if number is None:
        raise Refused("subscription.fetch.replayid.corrupted")
    try:
        return org.events.start(number) if number else 0
    except (SalesforceError, OverflowError) as error:
        raise Refused("subscription.fetch.replayid.corrupted") from error


class PubSub:
    """Answers the calls of clients from one org."""

    def __init__(self, org: Org, keepalive: float = KEEPALIVE_SECONDS) -> None:
        self.org = org
        self.keepalive = keepalive
        self.holders = managed.Holders()

    def get_topic(self, caller: Caller, request: Message) -> Message:
        """Say what a client may do with a topic, and by which schema."""
        caller.suffer(request.topic_name)
        channel = channel_of(caller, request.topic_name)
        schema_id = self.org.event_schemas.of(channel.owner)[0] if channel.owner else ""
        return wire.TYPES["TopicInfo"](
            topic_name=channel.name,
            tenant_guid=f"core/localorg/{self.org.org_id}",
            can_publish=channel.can_publish,
            can_subscribe=True,
            schema_id=schema_id,
            rpc_id=caller.rpc_id,
        )

    def get_schema(self, caller: Caller, request: Message) -> Message:
        """Return the schema of an event."""
        caller.suffer()
        if not request.schema_id.strip():
            raise Refused("schema.validation.failed")
        text = self.org.event_schemas.find(request.schema_id)
        if text is None:
            raise Refused("schema.meta.permission")
        return wire.TYPES["SchemaInfo"](
            schema_json=text, schema_id=request.schema_id, rpc_id=caller.rpc_id
        )

    def subscribe(self, caller: Caller, requests: Iterator[Message]) -> Iterator[Message]:
        """Deliver the events of a topic."""
        first = next(requests, None)
        if first is None:
            return
        caller.suffer(first.topic_name)
        channel = channel_of(caller, first.topic_name)
        position = start_of(self.org, first.replay_preset, first.replay_id)
        delivery = Delivery(caller, channel, position, self.keepalive)

        def accept(request: Message) -> None:
            if request.topic_name and request.topic_name != first.topic_name:
                raise Refused("subscription.fetch.topic.mismatch")
            if request.num_requested <= 0:
                raise Refused("subscription.fetch.requested.events.invalid")
            if request.auth_refresh:
                caller.refresh(request.auth_refresh)
            delivery.ask(request.num_requested)

        accept(first)
        delivery.listen(requests, accept)
        for answer in delivery.answers():
            yield wire.TYPES["FetchResponse"](**answer)

    def publish(self, caller: Caller, request: Message) -> Message:
        """Publish some events."""
        caller.suffer(request.topic_name)
        if not request.topic_name:
            raise Refused("publish.topic.validation.empty")
        return publish(caller, channel_of(caller, request.topic_name), request)

    def publish_stream(self, caller: Caller, requests: Iterator[Message]) -> Iterator[Message]:
        """Publish events as they come; each request is answered."""
        topic = ""
        for request in requests:
            topic = topic or request.topic_name
            if request.topic_name not in {"", topic}:
                raise Refused("publish.topic.mismatch")
            if request.auth_refresh:
                caller.refresh(request.auth_refresh)
            request.topic_name = topic
            yield self.publish(caller, request)

    def managed_subscribe(self, caller: Caller, requests: Iterator[Message]) -> Iterator[Message]:
        """Deliver events from where the subscriber stopped, and remember how far it comes."""
        first = next(requests, None)
        if first is None:
            return
        found = managed.find(self.org, first.subscription_id, first.developer_name)
        caller.suffer(found.topic)
        if first.HasField("commit_replay_id_request"):
            raise Refused("managed.subscription.fetch.request.commit.request.restricted")
        with self.holders.hold(found.name):
            position = managed.start_of(self.org, found)
            channel = channel_of(caller, found.topic)
            delivery = Delivery(caller, channel, position, self.keepalive)

            def accept(request: Message) -> None:
                if request.num_requested < 0:
                    raise Refused("managed.subscription.fetch.request.events.invalid")
                if request.auth_refresh:
                    caller.refresh(request.auth_refresh)
                if request.HasField("commit_replay_id_request"):
                    wish = request.commit_replay_id_request
                    delivery.answer_also(managed.commit(self.org, found, wish))
                delivery.ask(request.num_requested)

            accept(first)
            delivery.listen(requests, accept)
            for answer in delivery.answers():
                yield wire.TYPES["ManagedFetchResponse"](**answer)
