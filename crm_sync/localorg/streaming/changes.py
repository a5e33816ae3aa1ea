"""Change events of the objects that the org's metadata selects."""

import difflib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from crm_sync.localorg import clock
from crm_sync.localorg.records.context import Change
from crm_sync.localorg.streaming.shape import HIDDEN, Body, Part, body_of, change_parts, paths_of

LONG_TEXT = 1000
MOST_BYTES = 1_000_000
MOST_CHANGES = 100_000
WILDCARD_ID = "000000000000000AAA"
GAP, OVERFLOW = "gap", "overflow"


@dataclass(slots=True)
class Told:
    """One change as it will be told, before its transaction is complete."""

    entity: str
    kind: str
    record_ids: list[str]
    user: str
    origin: str
    body: Body = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    nulled: list[str] = field(default_factory=list)
    diffs: list[str] = field(default_factory=list)
    lack: str = ""
    is_derived: bool = False

    def same_as(self, other: "Told") -> bool:
        """Say whether another record went through just this change."""
        return (
            self.kind != "CREATE"
            and not self.lack
            and not other.lack
            and (self.kind, self.user, self.origin, self.changed, self.body)
            == (other.kind, other.user, other.origin, other.changed, other.body)
            and not set(self.record_ids) & set(other.record_ids)
        )

    def continues(self, before: "Told") -> bool:
        """Say whether this is a further change of a record that one event can tell together."""
        return (
            self.kind == "UPDATE"
            and before.kind != "DELETE"
            and not (self.lack or before.lack or self.diffs)
        )

    def absorb(self, later: "Told") -> None:
        """Take in a further change of the same record: the first kind, and the last values."""
        for name, value in later.body.items():
            known = self.body.get(name)
            if isinstance(known, dict) and isinstance(value, dict):
                self.body[name] = {**known, **value}
            else:
                self.body[name] = value
        if self.kind != "UPDATE":
            self.body = {name: value for name, value in self.body.items() if value is not None}
            return
        self.nulled = [each for each in self.nulled if each not in later.changed] + later.nulled
        self.diffs = [each for each in self.diffs if each not in later.changed]
        self.changed += [each for each in later.changed if each not in self.changed]


def channel_of(object_name: str) -> str:
    """Return the channel on which an object's changes are told."""
    if object_name.endswith("__c"):
        return f"/data/{object_name[:-1]}ChangeEvent"
    return f"/data/{object_name}ChangeEvent"


def _diff(old: object, new: object) -> str | None:
    """Return what changed in a long text, where that is shorter than the text."""
    if not (isinstance(old, str) and isinstance(new, str)):
        return None
    if min(len(old), len(new)) < LONG_TEXT:
        return None
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
    text = "\n".join(lines)
    return text if len(text) < len(new) else None


def _updated(told: Told, change: Change, parts: list[Part]) -> None:
    names = (change.changed_fields() | {"LastModifiedDate"}) - HIDDEN
    told.body = body_of(parts, change.new, names)
    told.changed = paths_of(parts, names)
    told.nulled = paths_of(parts, {name for name in names if change.new.get(name) is None})
    old = change.old or {}
    for name in names:
        owner_field = change.owner.find(name)
        if owner_field is None or owner_field.type != "textarea" or name not in told.body:
            continue
        shorter = _diff(old.get(name), change.new.get(name))
        if shorter is not None:
            told.body[name] = shorter
            told.diffs.append(name)


def tell(kind: str, change: Change, origin: str, lack: str = "") -> Told:
    """Note a change; what a gap event lacks is left out at once."""
    told = Told(
        change.owner.name, kind, [change.record_id], change.options.user_id, origin, lack=lack
    )
    if lack:
        return told
    parts = change_parts(change.owner)
    if kind == "UPDATE":
        _updated(told, change, parts)
    elif kind != "DELETE":
        filled = {name for name, value in change.new.items() if value is not None}
        told.body = body_of(parts, change.new, filled)
    if len(json.dumps(told.body)) > MOST_BYTES:
        told = Told(told.entity, kind, told.record_ids, told.user, origin, lack=GAP)
    return told


def _joined(changes: Iterable[Told]) -> list[Told]:
    """Join the changes of each single record; what others brought about comes last."""
    found: list[Told] = []
    last: dict[str, Told] = {}
    for each in changes:
        before = last.get(each.record_ids[0])
        if before is not None and each.continues(before):
            before.absorb(each)
            before.is_derived = before.is_derived and each.is_derived
            continue
        last[each.record_ids[0]] = each
        found.append(each)
    return sorted(found, key=lambda each: each.is_derived)


def _merged(changes: Iterable[Told]) -> list[Told]:
    """Join neighbours of one object that went through the same change."""
    found: list[Told] = []
    last: dict[str, Told] = {}
    for each in changes:
        before = last.get(each.entity)
        if before is not None and before.same_as(each):
            before.record_ids += each.record_ids
            continue
        last[each.entity] = each
        found.append(each)
    return found


def _overflowed(changes: list[Told], most: int) -> list[Told]:
    """Replace what is too much for one transaction by one event for each object."""
    kept = [each for each in changes[:most] if each.lack != OVERFLOW]
    lost = {each.entity: each for each in changes[most:]}
    lost |= {each.entity: each for each in changes[:most] if each.lack == OVERFLOW}
    ends = [
        Told(name, "OVERFLOW", [WILDCARD_ID], each.user, "", lack=GAP)
        for name, each in lost.items()
    ]
    return kept + ends


class Transactions:
    """Turns the changes of one transaction into the events that tell of it."""

    def __init__(self, most: int = MOST_CHANGES) -> None:
        self._most = most
        self._last_commit = 0

    def events(self, changes: list[Told]) -> list[tuple[str, Body]]:
        """Return channel and payload of every event; all share their transaction."""
        key = str(uuid.uuid4())
        present = clock.now()
        self._last_commit = max(self._last_commit + 1, int(present.timestamp() * 1_000_000))
        found = []
        told = _merged(_overflowed(_joined(changes), self._most))
        for number, each in enumerate(told, start=1):
            header: Body = {
                "entityName": each.entity,
                "recordIds": each.record_ids,
                "changeType": f"GAP_{each.kind}" if each.lack else each.kind,
                "changeOrigin": "" if each.lack else each.origin,
                "transactionKey": key,
                "sequenceNumber": number,
                "commitTimestamp": int(present.timestamp() * 1000),
                "commitNumber": self._last_commit,
                "commitUser": each.user,
                "nulledFields": each.nulled,
                "diffFields": each.diffs,
                "changedFields": each.changed,
            }
            found.append((channel_of(each.entity), {"ChangeEventHeader": header, **each.body}))
        return found
