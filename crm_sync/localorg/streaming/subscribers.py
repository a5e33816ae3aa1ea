"""Who listens over CometD just now, to what, and how far each has come."""

import secrets
import threading
import time
from dataclasses import dataclass, field

from crm_sync.localorg.streaming.channels import Channel

IDLE_SECONDS = 40
MOST_SUBSCRIBERS = 1000
MOST_SUBSCRIPTIONS = 200
Filters = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Subscription:
    """One channel that a client listens to."""

    channel: Channel
    position: int
    filters: Filters = ()


@dataclass(slots=True)
class Subscriber:
    """One client with the channels it listens to."""

    id: str
    user_id: str
    born: float
    seen: float
    is_greeted: bool = False
    turn: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)

    def listens_to(self, source: str) -> bool:
        """Say whether the client hears what is kept under a channel."""
        return any(source in each.channel.sources for each in self.subscriptions.values())

    def listens_to_records(self) -> bool:
        """Say whether one of the channels is a record."""
        return any(each.channel.is_recorded for each in self.subscriptions.values())


class Subscribers:
    """All clients that shook hands and are still heard of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Subscriber] = {}

    def _prune(self) -> None:
        oldest = time.time() - IDLE_SECONDS
        self._known = {key: each for key, each in self._known.items() if each.seen > oldest}

    def add(self, user_id: str) -> Subscriber | None:
        """Greet a client, unless there are too many."""
        present = time.time()
        made = Subscriber(secrets.token_hex(16), user_id, present, present)
        with self._lock:
            self._prune()
            if len(self._known) >= MOST_SUBSCRIBERS:
                return None
            self._known[made.id] = made
        return made

    def find(self, client_id: object) -> Subscriber | None:
        """Return a client that is still known."""
        with self._lock:
            found = self._known.get(str(client_id))
            present = time.time()
            if found is None or found.seen <= present - IDLE_SECONDS:
                return None
            found.seen = present
            return found

    def remove(self, client_id: str) -> None:
        """Forget a client."""
        with self._lock:
            self._known.pop(client_id, None)

    def drop_recorded(self) -> None:
        """Forget the clients that listen to channels which are records: those were exchanged."""
        with self._lock:
            self._known = {
                key: each for key, each in self._known.items() if not each.listens_to_records()
            }

    def knows(self, subscriber: Subscriber) -> bool:
        """Say whether a client has not been forgotten meanwhile."""
        return self._known.get(subscriber.id) is subscriber

    def online(self, source: str) -> set[str]:
        """Return the users whose clients listen to a channel."""
        with self._lock:
            self._prune()
            return {each.user_id for each in self._known.values() if each.listens_to(source)}
