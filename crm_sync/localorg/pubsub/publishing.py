"""Events that clients publish: each is accepted or refused on its own."""

import uuid
from typing import Any

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.pubsub import codec, wire
from crm_sync.localorg.pubsub.caller import Caller
from crm_sync.localorg.pubsub.refusals import Refused
from crm_sync.localorg.rest import events
from crm_sync.localorg.streaming.channels import Channel


def _one(caller: Caller, channel: Channel, event: Any) -> Any:
    event_id = event.id or str(uuid.uuid4())
    result = wire.TYPES["PublishResult"]
    org, owner = caller.org, channel.owner
    try:
        values = codec.decode(org, event.schema_id, event.payload)
        if owner is None:
            raise Refused("publish.topic.cannot.publish")
        replay = events.keep(org, owner, values, caller.session().user_id, event_id)
    except SalesforceError as error:
        problem = wire.TYPES["Error"](code=wire.PUBLISH, msg=f"{error.code}: {error.message}")
        return result(error=problem, correlation_key=event_id)
    return result(replay_id=codec.replay_bytes(replay), correlation_key=event_id)


def publish(caller: Caller, channel: Channel, request: Any) -> Any:
    """Publish the events of one request, all of them in one transaction."""
    if not channel.can_publish:
        raise Refused("publish.topic.cannot.publish")
    if not request.events:
        raise Refused("publish.event.count.invalid")
    with caller.org.store.write():
        results = [_one(caller, channel, event) for event in request.events]
    return wire.TYPES["PublishResponse"](
        results=results, schema_id=request.events[0].schema_id, rpc_id=caller.rpc_id
    )
