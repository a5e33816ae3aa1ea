"""Managed subscriptions: the org remembers how far a subscriber has come."""

import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from crm_sync.localorg import clock, ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.org import Org
from crm_sync.localorg.pubsub import codec, wire
from crm_sync.localorg.pubsub.refusals import Refused
from crm_sync.localorg.schema import xml
from crm_sync.localorg.streaming.log import ALL_KEPT, NEW_ONLY

KIND = "ManagedEventSubscription"
PREFIX = "18x"
KEPT = "managed:"


@dataclass(frozen=True, slots=True)
class Managed:
    """One managed subscription as the metadata describes it."""

    id: str
    name: str
    topic: str
    is_running: bool
    first: int
    recovery: int


def _replay(text: str) -> int:
    return ALL_KEPT if text == "EARLIEST" else NEW_ONLY


def _every(org: Org) -> Iterator[Managed]:
    for component in org.components():
        if component.kind == KIND:
            element = component.element()
            yield Managed(
                id=ids.from_number(PREFIX, org.ids.salt, zlib.crc32(component.name.encode())),
                name=component.name,
                topic=xml.text(element, "topicName"),
                is_running=xml.text(element, "state", "RUN") == "RUN",
                first=_replay(xml.text(element, "defaultReplay", "LATEST")),
                recovery=_replay(xml.text(element, "errorRecoveryReplay", "LATEST")),
            )


def find(org: Org, subscription_id: str, developer_name: str) -> Managed:
    """Return the subscription that a client names by its id or by its developer name."""
    if bool(subscription_id) == bool(developer_name):
        raise Refused("managed.subscription.id.or.developer.name.empty")
    full = ids.normalize(subscription_id) if subscription_id else None
    for each in _every(org):
        if each.name == developer_name or (full is not None and each.id == full):
            if not each.is_running:
                raise Refused("managed.subscription.config.stopped")
            return each
    kind = "subscription.id" if subscription_id else "developer.name"
    raise Refused(f"managed.subscription.{kind}.not.found")


def start_of(org: Org, managed: Managed) -> int:
    """Return the replay id behind which a subscriber goes on."""
    with org.store.read() as connection:
        row = connection.execute(
            "SELECT value FROM _meta WHERE name = ?", (KEPT + managed.name,)
        ).fetchone()
    if row is None:
        return org.events.start(managed.first)
    try:
        return org.events.start(int(row[0]))
    except SalesforceError:
        return org.events.start(managed.recovery)


def commit(org: Org, managed: Managed, request: Any) -> Any:
    """Remember how far a subscriber has come; a bad replay id is answered, not fatal."""
    answer = wire.TYPES["CommitReplayResponse"](
        commit_request_id=request.commit_request_id,
        replay_id=request.replay_id,
        process_time=clock.milliseconds(),
    )
    number = codec.replay_number(request.replay_id)
    try:
        replay = org.events.start(number) if number else None
    except (SalesforceError, OverflowError):
        replay = None
    if replay is None:
        answer.error.code, answer.error.msg = wire.COMMIT, "The replay ID is not valid."
        return answer
    with org.store.write() as connection:
        connection.execute(
            "INSERT INTO _meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = "
            "max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
            (KEPT + managed.name, str(replay)),
        )
    return answer


class Holders:
    """Who uses which subscription: each serves one client at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: set[str] = set()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Use a subscription alone."""
        with self._lock:
            if name in self._held:
                raise Refused("managed.subscription.already.active")
            self._held.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(name)
