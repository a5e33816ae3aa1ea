"""Which channels exist, and whose events each of them carries."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm_sync.localorg.schema import xml
from crm_sync.localorg.schema.model import Schema, SObject
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.streaming.changes import channel_of

STANDARD = "ChangeEvents"
CHANNEL = "PlatformEventChannel"
MEMBER = "PlatformEventChannelMember"
# Records that are channels themselves, by the first word of the channel's name.
OBJECTS = {"topic": "PushTopic", "u": "StreamingChannel"}


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel with the channels under which its events are kept."""

    name: str
    sources: tuple[str, ...]
    owner: SObject | None = None

    @property
    def is_recorded(self) -> bool:
        """Say whether the channel is a record."""
        return self.name.split("/")[1] in OBJECTS

    @property
    def can_publish(self) -> bool:
        """Say whether clients may send events here; changes are told by the org alone."""
        return self.owner is not None and self.owner.is_event


def source_of(entity: str) -> str:
    """Return the channel of an event by the name of its kind."""
    return f"/event/{entity}" if entity.endswith("__e") else f"/data/{entity}"


def object_of(entity: str) -> str:
    """Return the object whose changes a kind of change event tells."""
    name = entity.removesuffix("ChangeEvent")
    return f"{name}c" if name.endswith("__") else name


def has_changes(owner: SObject) -> bool:
    """Say whether the changes of an object's records can be told."""
    return not owner.is_event and not owner.setup and owner.name not in OBJECTS.values()


class Channels:
    """The channels of one schema."""

    def __init__(self, schema: Schema, components: Iterable[Component] = ()) -> None:
        self._schema = schema
        self._members: dict[str, list[str]] = {STANDARD: []}
        for component in components:
            if component.kind == CHANNEL:
                self._members.setdefault(component.name, [])
            if component.kind == MEMBER:
                element = component.element()
                channel = xml.text(element, "eventChannel") or STANDARD
                entity = xml.text(element, "selectedEntity")
                self._members.setdefault(channel, []).append(source_of(entity))

    def find(self, name: str) -> Channel | None:
        """Return a channel by the name that clients subscribe to."""
        kind, _, rest = name.strip("/").partition("/")
        if rest in self._members and (kind == "data" or rest != STANDARD):
            return Channel(f"/{kind}/{rest}", tuple(self._members[rest]))
        if kind == "event":
            owner = self._schema.find(rest)
            return (
                Channel(f"/event/{owner.name}", (f"/event/{owner.name}",), owner)
                if (owner is not None and owner.is_event)
                else None
            )
        if kind == "data" and rest.endswith("ChangeEvent"):
            owner = self._schema.find(object_of(rest))
            if owner is not None and has_changes(owner):
                return Channel(channel_of(owner.name), (channel_of(owner.name),), owner)
        return None

    def gathered(self) -> list[str]:
        """Return the channels that carry the events of several others."""
        return [
            f"/{'event' if sources[0].startswith('/event/') else 'data'}/{name}"
            for name, sources in sorted(self._members.items())
            if sources
        ]

    def owner_of(self, source: str) -> SObject | None:
        """Return the object that the events of a channel are about."""
        found = self.find(source)
        return found.owner if found is not None else None
