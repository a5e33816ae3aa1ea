"""The same submission twice: one effect, and the first answer again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from shop.core.models import IdempotencyRecord
from shop.core.rows import insert_unless_there
from shop.core.statements import Statement

LOCKED = Statement(
    lambda scope, key: IdempotencyRecord.objects.select_for_update().filter(scope=scope, key=key)
)


class IdempotencyConflict(Exception):
    """The key was used before with other content."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer a submission, or the answer it already got."""

    record: IdempotencyRecord

    @property
    def answer(self) -> dict[str, Any] | None:
        """The first answer, or nothing when the work is still to do."""
        answer: dict[str, Any] | None = self.record.answer
        return answer

    def finish(self, answer: dict[str, Any]) -> None:
        """Keep the answer for everyone who submits this again."""
        self.record.answer = answer
        self.record.save(update_fields=["answer"])


def begin(*, scope: str, key: str, fingerprint: str, now: datetime) -> Claim:
    """Claim a submission inside the caller's transaction.

    The insert comes first: a parallel one with the same key waits until the winner commits and
    then reads its answer; if the winner rolls back, the waiting one does the work.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A claim lives inside a transaction")
    record = IdempotencyRecord(scope=scope, key=key, fingerprint=fingerprint, created_at=now)
    if insert_unless_there(record):
        return Claim(record)
    record = LOCKED.get(scope=scope, key=key)
    if record.fingerprint != fingerprint:
        raise IdempotencyConflict(f"{scope}: this key was used for another submission")
    return Claim(record)
