"""One subscription: events go out as fast as the client asks for them, and not faster."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from crm_sync.localorg.pubsub import codec, wire
from crm_sync.localorg.pubsub.caller import Caller
from crm_sync.localorg.pubsub.refusals import Refused
from crm_sync.localorg.streaming.channels import Channel

MOST_REQUESTED = 100
LOOK_SECONDS = 1.0


class Delivery:
    """What a client asked for and has not been given yet."""

    def __init__(self, caller: Caller, channel: Channel, position: int, keepalive: float) -> None:
        self.caller = caller
        self.channel = channel
        self.position = position
        self.keepalive = keepalive
        self.pending = 0
        self.is_closed = False
        self.error: Refused | None = None
        self._extra: deque[Any] = deque()
        self._lock = threading.Lock()
        self._sent = time.monotonic()

    def ask(self, number: int) -> None:
        """Add to what the client is ready for."""
        with self._lock:
            self.pending += min(number, MOST_REQUESTED)

    def answer_also(self, extra: Any) -> None:
        """Send something along that is no event."""
        self._extra.append(extra)

    def listen(self, requests: Iterator[Any], accept: Any) -> None:
        """Take the further requests of the stream, in a thread of their own."""

        def work() -> None:
            try:
                for request in requests:
                    accept(request)
                    self.caller.org.events.wake()
            except Refused as error:
                self.error = error
            except Exception:  # noqa: BLE001 - the library ends the iterator with errors of its own
                self.error = None
            self.is_closed = True
            self.caller.org.events.wake()

        threading.Thread(target=work, name="pubsub-requests", daemon=True).start()

    def _batch(self) -> list[Any]:
        org = self.caller.org
        latest = org.events.last()
        position = org.events.settled(self.position)
        found = org.events.after(self.channel.sources, position, self.pending)
        self.position = found[-1].replay if found else max(position, latest)
        events = []
        for event in found:
            encoded = codec.encode(org, event)
            if encoded is not None:
                made, schema_id, payload = encoded
                producer = wire.TYPES["ProducerEvent"](
                    id=made, schema_id=schema_id, payload=payload
                )
                replay = codec.replay_bytes(event.replay)
                events.append(wire.TYPES["ConsumerEvent"](event=producer, replay_id=replay))
        with self._lock:
            self.pending -= len(events)
        return events

    def _answer(self, events: list[Any]) -> dict[str, Any]:
        self._sent = time.monotonic()
        return {
            "events": events,
            "latest_replay_id": codec.replay_bytes(self.position),
            "rpc_id": self.caller.rpc_id,
            "pending_num_requested": self.pending,
        }

    def answers(self) -> Iterator[dict[str, Any]]:
        """Yield what goes to the client, until it hangs up."""
        while self.caller.context.is_active():
            if self.error is not None:
                raise self.error
            self.caller.session()
            # Asked first: what was sent before the client closed is still answered.
            is_closed = self.is_closed
            mark = self.caller.org.events.mark
            events = self._batch() if self.pending > 0 else []
            extra = [self._extra.popleft() for _ in range(len(self._extra))]
            if events or extra or time.monotonic() - self._sent >= self.keepalive:
                yield from ({**self._answer([]), "commit_response": each} for each in extra)
                if events or not extra:
                    yield self._answer(events)
            elif is_closed:
                return
            else:
                self.caller.org.events.wait(min(LOOK_SECONDS, self.keepalive), mark)
