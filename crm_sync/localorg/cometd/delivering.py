"""Events in the form in which CometD clients get them."""

from typing import Any

from crm_sync.localorg.org import Org
from crm_sync.localorg.streaming.log import Event
from crm_sync.localorg.streaming.subscribers import Filters, Subscriber, Subscription
from crm_sync.localorg.streaming.topics import readable

LIMITS = {
    "topic": "DailyDurableStreamingApiEvents",
    "u": "DailyDurableGenericStreamingApiEvents",
    "event": "DailyDeliveredPlatformEvents",
    "data": "DailyDeliveredPlatformEvents",
}
Message = dict[str, Any]


def limit_of(channel: str) -> str:
    """Return the limit against which the events of a channel count."""
    return LIMITS[channel.split("/")[1]]


def _equal(value: object, wanted: str) -> bool:
    if isinstance(value, bool):
        return str(value).lower() == wanted.lower()
    if isinstance(value, int | float):
        try:
            return float(wanted) == value
        except ValueError:
            return False
    return str(value if value is not None else "null") == wanted


def _topic(org: Org, event: Event, filters: Filters) -> Message | None:
    found: Message | None = readable(org.visible, event.payload)
    if found is None:
        return None
    sobject = found["sobject"]
    if filters and not any(_equal(sobject.get(name), wanted) for name, wanted in filters):
        return None
    return {**found, "event": {**found["event"], "replayId": event.replay}}


def _generic(event: Event, user_id: str) -> Message | None:
    users = event.payload.get("users")
    if isinstance(users, list) and users and user_id not in users:
        return None
    facts = {"createdDate": event.payload.get("createdDate"), "replayId": event.replay}
    return {"payload": event.payload.get("payload"), "event": facts}


def _published(org: Org, event: Event) -> Message | None:
    payload = org.told(event)
    if payload is None:
        return None
    facts: Message = {"replayId": event.replay}
    if event.uuid:
        facts["EventUuid"] = event.uuid
    data: Message = {"payload": payload, "event": facts}
    owner = org.channels.owner_of(event.channel)
    if owner is not None:
        data = {"schema": org.event_schemas.of(owner)[0], **data}
    return data


def _data(org: Org, user_id: str, event: Event, filters: Filters) -> Message | None:
    kind = event.channel.split("/")[1]
    if kind == "topic":
        return _topic(org, event, filters)
    return _generic(event, user_id) if kind == "u" else _published(org, event)


def _news_of(
    org: Org, user_id: str, name: str, subscription: Subscription, latest: int
) -> list[Message]:
    # Metadata that was deployed meanwhile may have put more on a channel.
    channel = org.channels.find(name) or subscription.channel
    events = org.events.after(channel.sources, org.events.settled(subscription.position))
    subscription.position = events[-1].replay if events else latest
    told = [(event, _data(org, user_id, event, subscription.filters)) for event in events]
    found = [{"data": data, "channel": name} for _event, data in told if data is not None]
    if found:
        org.limits.use(limit_of(channel.name), len(found))
    return found


def news(org: Org, subscriber: Subscriber) -> list[Message]:
    """Return what came on the channels of a client since it asked last."""
    # Looked at first: what comes while the channels are read is read the next time.
    latest = org.events.last()
    found: list[Message] = []
    for name, subscription in list(subscriber.subscriptions.items()):
        found += _news_of(org, subscriber.user_id, name, subscription, latest)
    return found


def is_exhausted(org: Org, subscriber: Subscriber) -> bool:
    """Say whether a client listens to more than the day allows."""
    names = {limit_of(each.channel.name) for each in subscriber.subscriptions.values()}
    return any(org.limits.is_used_up(name) for name in names)
