"""The audit trail: append-only, each entry sealed with the hash of the one before."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from shop.core.actors import Actor
from shop.core.models import AuditChain, AuditEntry

CHAIN_ID = 1
SEALED_FIELDS = (
    "key",
    "position",
    "action",
    "subject_type",
    "subject_key",
    "actor_kind",
    "actor_key",
    "actor_label",
    "on_behalf_of",
    "channel",
    "correlation_id",
    "before",
    "after",
    "previous_hash",
)


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Turn values into what JSON gives back, so that the seal survives the database."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values or {}), cls=DjangoJSONEncoder))
    return plain


def _seal(entry: AuditEntry) -> str:
    content = {name: getattr(entry, name) for name in SEALED_FIELDS}
    content["occurred_at"] = entry.occurred_at.astimezone(UTC).isoformat()
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _locked_chain() -> AuditChain:
    """Lock the end of the chain; it is the last lock that any transaction takes."""
    AuditChain.objects.bulk_create([AuditChain(pk=CHAIN_ID)], ignore_conflicts=True)
    return AuditChain.objects.select_for_update().get(pk=CHAIN_ID)


@transaction.atomic
def record(
    *,
    action: str,
    subject_type: str,
    subject_key: str,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add a change to the trail: who, when, from where, before and after."""
    chain = _locked_chain()
    entry = AuditEntry(
        position=chain.length + 1,
        action=action,
        subject_type=subject_type,
        subject_key=subject_key,
        actor_kind=actor.kind,
        actor_key=actor.key,
        actor_label=actor.label,
        on_behalf_of=actor.on_behalf_of,
        channel=actor.channel,
        correlation_id=actor.thread_id(),
        before=_plain(before),
        after=_plain(after),
        occurred_at=now,
        previous_hash=chain.last_hash,
    )
    entry.entry_hash = _seal(entry)
    entry.save(force_insert=True)
    chain.length = entry.position
    chain.last_hash = entry.entry_hash
    chain.save(update_fields=["length", "last_hash"])
    return entry


def verify() -> list[str]:
    """Answer what is wrong with the trail, in plain words; nothing when it is whole."""
    problems: list[str] = []
    position, last_hash = 0, ""
    for entry in AuditEntry.objects.order_by("position").iterator(chunk_size=2000):
        if entry.position != position + 1:
            problems.append(f"Entries {position + 1} to {entry.position - 1} are missing")
        elif entry.previous_hash != last_hash:
            problems.append(f"Entry {entry.position} does not follow the one before it")
        if entry.entry_hash != _seal(entry):
            problems.append(f"Entry {entry.position} was changed")
        position, last_hash = entry.position, entry.entry_hash
    chain = AuditChain.objects.filter(pk=CHAIN_ID).first() or AuditChain()
    if (chain.length, chain.last_hash) != (position, last_hash):
        problems.append(f"The trail ends at {position} but {chain.length} entries were written")
    return problems
