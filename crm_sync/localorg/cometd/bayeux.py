"""CometD: handshake, subscribe, long polls."""

import re
import time
from typing import Any

from crm_sync.localorg.cometd.delivering import is_exhausted, news
from crm_sync.localorg.cometd.subscribing import DENIED, Refused, channel_of
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.oauth.service import bearer, session_of
from crm_sync.localorg.streaming.log import NEW_ONLY
from crm_sync.localorg.streaming.subscribers import (
    MOST_SUBSCRIPTIONS,
    Subscriber,
    Subscription,
)

POLL_SECONDS = 110
LOOK_SECONDS = 1.0
# The events of a push topic are published a moment after their records are saved.
LATE_SECONDS = 0.25
MOST_BYTES = 32_768
OLDEST, NEWEST = 37.0, "67.0"
ADDRESS = re.compile(r"/cometd(?:/replay)?(?:/(\d+\.\d+))?/?(?:[a-z]+/?)?\Z")
FORMAT = f"URI format: '/cometd/{NEWEST}'"
EXT = {"replay": True, "payload.format": True}
NO_MORE = {"reconnect": "none", "interval": 0}
Message = dict[str, Any]


class Service:
    """Answers the messages of one request."""

    def __init__(self, call: Call, user_id: str) -> None:
        self.call = call
        self.org = call.org
        self.user_id = user_id

    def answer(self, message: Message) -> list[Message]:
        """Answer one message."""
        channel = str(message.get("channel", ""))
        if channel == "/meta/handshake":
            return [self._handshake(message)]
        try:
            subscriber = self._subscriber(message)
            if channel == "/meta/connect":
                return self._connect(message, subscriber)
            return [_echo(message, self._act(channel, message, subscriber))]
        except Refused as error:
            facts = {"subscription": message["subscription"]} if "subscription" in message else {}
            return [_refuse(message, error.error, **facts)]

    def _subscriber(self, message: Message) -> Subscriber:
        client_id = message.get("clientId")
        if not client_id:
            raise Refused("403::Client has not completed handshake")
        found = self.org.subscribers.find(client_id)
        if found is None:
            raise Refused("403::Unknown client")
        if found.user_id != self.user_id:
            raise Refused("400::Authenticated user id does not match the session's user id")
        return found

    def _act(self, channel: str, message: Message, subscriber: Subscriber) -> Message:
        wish = message.get("subscription")
        names = wish if isinstance(wish, list) else [wish]
        if channel == "/meta/subscribe":
            made = {str(name): self._subscription(name, message, subscriber) for name in names}
            subscriber.subscriptions |= made
            return {"subscription": wish}
        if channel == "/meta/unsubscribe":
            for name in names:
                subscriber.subscriptions.pop(str(name), None)
            return {"subscription": wish}
        if channel == "/meta/disconnect":
            self.org.subscribers.remove(subscriber.id)
            self.org.events.wake()
            return {}
        if channel.startswith("/meta/"):
            raise Refused("404::Unknown meta channel")
        raise Refused(DENIED.format("publish"))

    def _handshake(self, message: Message) -> Message:
        made = self.org.subscribers.add(self.user_id)
        if made is None:
            return _denied(message, "403::Organization concurrent user limit exceeded")
        facts = {
            "clientId": made.id,
            "version": "1.0",
            "minimumVersion": "1.0",
            "supportedConnectionTypes": ["long-polling"],
            "ext": EXT,
        }
        return _echo(message, facts)

    def _subscription(self, name: Any, message: Message, subscriber: Subscriber) -> Subscription:
        channel, filters = channel_of(self.org, name)
        known = subscriber.subscriptions.get(name)
        if known is None and len(subscriber.subscriptions) >= MOST_SUBSCRIPTIONS:
            raise Refused("403::Subscription limit exceeded for this topic")
        wish = _replay_wish(message, name)
        if wish is None and known is not None:
            return Subscription(channel, known.position, filters)
        if wish is None and name.startswith("/topic/"):
            position = self.org.events.before(subscriber.born - LATE_SECONDS)
            return Subscription(channel, position, filters)
        try:
            start = self.org.events.start(NEW_ONLY if wish is None else int(wish))
        except SalesforceError as error:
            raise Refused(f"400::{error.message}") from error
        except (TypeError, ValueError, OverflowError) as error:
            raise Refused(f"400::The replayId {{{wish}}} you provided was invalid.") from error
        return Subscription(channel, start, filters)

    def _connect(self, message: Message, subscriber: Subscriber) -> list[Message]:
        kind = message.get("connectionType", "long-polling")
        if kind != "long-polling":
            raise Refused(f"400::Invalid connection type {kind}")
        subscriber.turn += 1
        turn, is_first = subscriber.turn, not subscriber.is_greeted
        subscriber.is_greeted = True
        deadline = time.monotonic() + _patience(message, is_first=is_first)
        while True:
            if is_exhausted(self.org, subscriber):
                raise Refused("403::Organization total events daily limit exceeded")
            mark = self.org.events.mark
            with subscriber.lock:
                # A client that polls anew has given its former poll up.
                is_latest = subscriber.turn == turn
                found = news(self.org, subscriber) if is_latest else []
            left = deadline - time.monotonic()
            if found or left <= 0 or not is_latest:
                break
            self.org.events.wait(min(left, LOOK_SECONDS), mark)
            if not self.org.subscribers.knows(subscriber):
                return [_echo(message, {"advice": NO_MORE})]
            subscriber.seen = time.time()
            self._check_session()
        subscriber.seen = time.time()
        advice = {"interval": 0, "timeout": POLL_SECONDS * 1000, "reconnect": "retry"}
        return [*found, _echo(message, {"advice": advice} if is_first else {})]

    def _check_session(self) -> None:
        if self.org.sessions.find(bearer(self.call)) is None:
            raise Refused("401::Authentication invalid")


def _echo(message: Message, facts: Message) -> Message:
    found: Message = {key: message[key] for key in ("id", "clientId") if key in message}
    return {**found, "channel": message.get("channel"), "successful": True, **facts}


def _refuse(message: Message, error: str, **facts: Any) -> Message:
    advice: Message = {}
    if error.startswith(("401", "403::Organization")):
        advice = {"advice": NO_MORE}
    elif error in {"403::Unknown client", "403::Client has not completed handshake"}:
        advice = {"advice": {"reconnect": "handshake", "interval": 0}}
    return {**_echo(message, facts), "successful": False, "error": error, **advice}


def _denied(message: Message, reason: str) -> Message:
    """Refuse a handshake, or whatever else comes without a session."""
    if message.get("channel", "/meta/handshake") != "/meta/handshake":
        return _refuse(message, reason)
    return {
        "ext": {"sfdc": {"failureReason": reason}, **EXT},
        "advice": {"reconnect": "none"},
        "channel": "/meta/handshake",
        "id": message.get("id"),
        "error": "403::Handshake denied",
        "successful": False,
    }


def _replay_wish(message: Message, name: str) -> Any:
    """Return the replay id that a client names for a channel, with or without its conditions."""
    ext = message.get("ext")
    wishes = ext.get("replay") if isinstance(ext, dict) else None
    if not isinstance(wishes, dict):
        return None
    return wishes.get(name, wishes.get(name.partition("?")[0]))


def _patience(message: Message, *, is_first: bool) -> float:
    """Return how long a poll is held; the first is answered at once, to say how to go on."""
    advice = message.get("advice")
    wish = advice.get("timeout") if isinstance(advice, dict) else None
    if isinstance(wish, int | float):
        return max(min(wish, POLL_SECONDS * 1000), 0) / 1000
    return 0 if is_first else POLL_SECONDS


def _address_error(path: str) -> str:
    found = ADDRESS.match(path)
    version = found.group(1) if found else None
    if version is None:
        return f"400::API version in the URI is mandatory. {FORMAT}"
    if not OLDEST <= float(version) <= float(NEWEST) + 1:
        supported = f"Only API versions '{OLDEST}' and later are supported"
        return f"400::Unsupported API version. {supported}. {FORMAT}"
    return ""


def answer(call: Call) -> Answer:
    """Answer one request with its messages."""
    if len(call.body) > MOST_BYTES:
        body = {"error": "413::Maximum Request Size Exceeded", "successful": False}
        return Answer([body], status=413)
    body_ = call.json()
    messages: list[Any] = body_ if isinstance(body_, list) else [body_]
    if not all(isinstance(each, dict) for each in messages):
        raise SalesforceError("JSON_PARSER_ERROR", "A list of messages is expected")
    wrong = _address_error(call.path)
    if wrong:
        return Answer([{**_refuse(each, wrong), "advice": NO_MORE} for each in messages])
    try:
        call.session = session_of(call)
        call.act()
    except SalesforceError:
        reason = "401::Authentication invalid"
        if not bearer(call):
            reason = "401::Request requires authentication"
        return Answer([_denied(message, reason) for message in messages])
    service = Service(call, call.session.user_id)
    answers: list[Message] = []
    for message in messages:
        answers += service.answer(message)
    return Answer(answers)
