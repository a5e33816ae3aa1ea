"""The kept events as people look at them: newest first, all or those of one channel."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crm_sync.localorg import ids
from crm_sync.localorg.org import Org
from crm_sync.localorg.streaming.log import MOST_REPLAY, Event
from crm_sync.localorg.streaming.shape import HEADER

MOST = 100
MOST_LINKS = 10


@dataclass(frozen=True, slots=True)
class Line:
    """One event with its payload written out."""

    replay: int
    channel: str
    at: datetime
    uuid: str
    payload: str
    change: str = ""
    record_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Tail:
    """The page of events."""

    channel: str
    channels: list[str]
    lines: list[Line]
    older: int
    last: int


def _about(event: Event) -> tuple[str, list[object]]:
    """Return what kind of change an event tells of, and of which records."""
    header, sobject = event.payload.get(HEADER), event.payload.get("sobject")
    if isinstance(sobject, dict):
        facts = event.payload.get("event")
        kind = facts.get("type") if isinstance(facts, dict) else ""
        return str(kind), [sobject.get("Id")]
    if isinstance(header, dict):
        return str(header.get("changeType", "")), header.get("recordIds", [])
    return "", []


def _line(org: Org, event: Event) -> Line:
    change, named = _about(event)
    return Line(
        replay=event.replay,
        channel=org.recorded.label(event.channel),
        at=datetime.fromtimestamp(event.made, UTC),
        uuid=event.uuid,
        payload=json.dumps(event.payload, indent=2, ensure_ascii=False),
        change=change,
        record_ids=[full for each in named if (full := ids.normalize(str(each)))][:MOST_LINKS],
    )


def known_channels(org: Org) -> list[str]:
    """Return the channels that can be looked at alone."""
    kept = map(org.recorded.label, org.events.kept_channels())
    return list(dict.fromkeys([*org.channels.gathered(), *kept]))


def _sources(org: Org, channel: str) -> Sequence[str] | None:
    """Return the channels to read; one that is unknown has none."""
    if not channel:
        return ()
    found = org.channels.find(channel) or org.recorded.find(channel)
    if found is not None:
        return found.sources or None
    # Events outlive their object: what was deployed away is still kept for its three days.
    return (channel,) if channel in org.events.kept_channels() else None


def is_channel(org: Org, channel: str) -> bool:
    """Say whether the org knows a channel."""
    found = org.channels.find(channel) or org.recorded.find(channel)
    return found is not None or channel in known_channels(org)


def lines(
    org: Org, channel: str, *, after: int = 0, before: int = MOST_REPLAY, most: int = MOST
) -> list[Line]:
    """Return events of one channel, or of all, between two replay ids."""
    sources = _sources(org, channel)
    if sources is None:
        return []
    found = org.events.newest(sources, after=after, before=before, most=most)
    return [_line(org, each) for each in found]


def tail(org: Org, channel: str, before: int) -> Tail:
    """Return the last events before one, or the last of all."""
    last = org.events.last()
    found = lines(org, channel, before=before or MOST_REPLAY, most=MOST + 1)
    older = found[MOST - 1].replay if len(found) > MOST else 0
    if found and not before:
        last = max(last, found[0].replay)
    return Tail(channel, known_channels(org), found[:MOST], older, last)
