"""Messages from outside: stored first, handled by a job, each once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from shop.core.models import InboxMessage


@dataclass(frozen=True, slots=True)
class InboxReceipt:
    """Where the message lies, and whether it came for the first time."""

    id: int
    is_new: bool


@transaction.atomic
def receive(
    *, source: str, external_id: str, body: str, headers: Mapping[str, str], now: datetime
) -> InboxReceipt:
    """Keep a message as it came; one that came before is not kept twice."""
    message, is_new = InboxMessage.objects.get_or_create(
        source=source,
        external_id=external_id,
        defaults={"body": body, "headers": dict(headers), "received_at": now},
    )
    return InboxReceipt(id=message.pk, is_new=is_new)


def lock(inbox_id: int) -> InboxMessage | None:
    """Lock a message for handling; nothing when it was handled already."""
    message = InboxMessage.objects.select_for_update().get(pk=inbox_id)
    return None if message.handled_at else message


def finish(message: InboxMessage, *, result: str, now: datetime, error: str = "") -> None:
    """Note how a locked message was handled."""
    message.handled_at = now
    message.result = result[:200]
    message.error = error
    message.save(update_fields=["handled_at", "result", "error"])


def waiting(source: str) -> list[Any]:
    """Answer the ids of messages that nobody has handled yet, oldest first."""
    unhandled = InboxMessage.objects.filter(source=source, handled_at__isnull=True)
    return list(unhandled.order_by("pk").values_list("pk", flat=True))
