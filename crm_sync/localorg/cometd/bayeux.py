"""CometD: handshake, subscribe, long polls."""

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.oauth.service import session_of
from crm_sync.localorg.streaming.log import NEW_ONLY, Event, EventLog

POLL_SECONDS = 110
IDLE_SECONDS = 300
MOST_SUBSCRIBERS = 1000
Message = dict[str, Any]


@dataclass(slots=True)
class Subscriber:
    """One client with the channels it listens to."""

    id: str
    seen: float
    channels: dict[str, int] = field(default_factory=dict)


class Clients:
    """All clients that shook hands."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Subscriber] = {}

    def add(self) -> Subscriber:
        """Greet a client; those that went silent are forgotten."""
        made = Subscriber(secrets.token_hex(16), time.time())
        with self._lock:
            oldest = time.time() - IDLE_SECONDS
            self._known = {key: each for key, each in self._known.items() if each.seen > oldest}
            if len(self._known) >= MOST_SUBSCRIBERS:
                raise SalesforceError("LIMIT_EXCEEDED", "Too many subscribers")
            self._known[made.id] = made
        return made

    def find(self, client_id: object) -> Subscriber | None:
        """Return a client that is still known."""
        with self._lock:
            found = self._known.get(str(client_id))
            if found is not None:
                found.seen = time.time()
            return found

    def remove(self, client_id: str) -> None:
        """Forget a client."""
        with self._lock:
            self._known.pop(client_id, None)


class Service:
    """Answers the messages of one request."""

    def __init__(self, call: Call, clients: Clients, log: EventLog) -> None:
        self.call = call
        self.clients = clients
        self.log = log

    def answer(self, message: Message) -> list[Message]:
        """Answer one message."""
        channel = str(message.get("channel", ""))
        if channel == "/meta/handshake":
            return [self._echo(message, self._handshake())]
        subscriber = self.clients.find(message.get("clientId"))
        if subscriber is None:
            advice = {"reconnect": "handshake", "interval": 0}
            return [self._refuse(message, "403::Unknown client", advice=advice)]
        if channel == "/meta/connect":
            return self._connect(message, subscriber)
        if channel == "/meta/subscribe":
            return [self._subscribe(message, subscriber)]
        if channel == "/meta/unsubscribe":
            subscriber.channels.pop(str(message.get("subscription")), None)
            return [self._echo(message, {"subscription": message.get("subscription")})]
        if channel == "/meta/disconnect":
            self.clients.remove(subscriber.id)
            return [self._echo(message, {})]
        return [self._refuse(message, f"403:{channel}:publish_denied")]

    def _echo(self, message: Message, facts: Message) -> Message:
        found: Message = {key: message[key] for key in ("id", "clientId") if key in message}
        return {**found, "channel": message.get("channel"), "successful": True, **facts}

    def _refuse(self, message: Message, error: str, **facts: Any) -> Message:
        return {**self._echo(message, {}), "successful": False, "error": error, **facts}

    def _handshake(self) -> Message:
        return {
            "clientId": self.clients.add().id,
            "version": "1.0",
            "minimumVersion": "1.0",
            "supportedConnectionTypes": ["long-polling"],
            "ext": {"replay": True, "payload.format": True},
        }

    def _subscribe(self, message: Message, subscriber: Subscriber) -> Message:
        channel = str(message.get("subscription"))
        if self.call.org.channels.find(channel) is None:
            error = f"404::The channel specified is not valid: {channel}"
            return self._refuse(message, error, subscription=channel)
        ext = message.get("ext")
        wishes = ext.get("replay") if isinstance(ext, dict) else None
        wish = wishes.get(channel, NEW_ONLY) if isinstance(wishes, dict) else NEW_ONLY
        try:
            start = self.log.start(int(wish))
        except (SalesforceError, TypeError, ValueError, OverflowError) as error:
            text = error.message if isinstance(error, SalesforceError) else "invalid replay id"
            return self._refuse(message, f"400::{text}", subscription=channel)
        subscriber.channels[channel] = start
        return self._echo(message, {"subscription": channel})

    def _connect(self, message: Message, subscriber: Subscriber) -> list[Message]:
        advice = message.get("advice")
        wish = advice.get("timeout") if isinstance(advice, dict) else None
        seconds = min(wish / 1000, POLL_SECONDS) if isinstance(wish, int | float) else POLL_SECONDS
        deadline = time.monotonic() + max(seconds, 0)
        found = self._news(subscriber)
        while not found and time.monotonic() < deadline:
            self.log.wait(min(deadline - time.monotonic(), 1.0))
            found = self._news(subscriber)
        subscriber.seen = time.time()
        facts = {"advice": {"interval": 0, "timeout": POLL_SECONDS * 1000, "reconnect": "retry"}}
        return [*found, self._echo(message, facts)]

    def _news(self, subscriber: Subscriber) -> list[Message]:
        found: list[Message] = []
        for name, position in list(subscriber.channels.items()):
            channel = self.call.org.channels.find(name)
            position = self.log.settled(position)
            events = self.log.after(channel.sources, position) if channel else []
            if events:
                subscriber.channels[name] = events[-1].replay
                told = [(event, self.call.org.told(event)) for event in events]
                found += [
                    self._told(event, name, payload)
                    for event, payload in told
                    if payload is not None
                ]
        return found

    def _told(self, event: Event, channel: str, payload: Message) -> Message:
        facts: Message = {"replayId": event.replay}
        if event.uuid:
            facts["EventUuid"] = event.uuid
        data: Message = {"payload": payload, "event": facts}
        owner = self.call.org.channels.owner_of(event.channel)
        if owner is not None:
            data = {"schema": self.call.org.event_schemas.of(owner)[0], **data}
        return {"data": data, "channel": channel}


def _denied(message: Message) -> Message:
    reason = "401::Authentication invalid"
    return {
        "ext": {"sfdc": {"failureReason": reason}, "replay": True, "payload.format": True},
        "advice": {"reconnect": "none"},
        "channel": message.get("channel", "/meta/handshake"),
        "id": message.get("id"),
        "error": "403::Handshake denied",
        "successful": False,
    }


def answer(call: Call, clients: Clients, log: EventLog) -> Answer:
    """Answer one request with its messages."""
    body = call.json()
    messages: list[Any] = body if isinstance(body, list) else [body]
    if not all(isinstance(each, dict) for each in messages):
        raise SalesforceError("JSON_PARSER_ERROR", "A list of messages is expected")
    try:
        call.session = session_of(call)
        call.act()
    except SalesforceError:
        return Answer([_denied(message) for message in messages])
    service = Service(call, clients, log)
    answers: list[Message] = []
    for message in messages:
        answers += service.answer(message)
    return Answer(answers)
