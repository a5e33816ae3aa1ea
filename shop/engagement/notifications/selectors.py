"""Questions about messages."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from shop.core.health import Probe
from shop.engagement.notifications.models import Message

OVERDUE = timedelta(minutes=15)


def messages_of(thread_type: str, thread_key: str) -> QuerySet[Message]:
    """Answer the messages about one thing, latest first."""
    return Message.objects.filter(thread_type=thread_type, thread_key=thread_key).order_by(
        "-created_at", "-pk"
    )


def probe(now: datetime) -> Probe:
    """Whether mail goes out: nothing that is due waits for long."""
    age = _oldest_wait(now)
    if age is None:
        return Probe(ok=True, detail="no mail waits")
    return Probe(ok=age <= OVERDUE, detail=f"oldest mail waits {int(age.total_seconds())} s")


def oldest_seconds(now: datetime) -> dict[str, float]:
    """How long the oldest mail that is due waits, as a figure."""
    return {"": (_oldest_wait(now) or timedelta()).total_seconds()}


def _oldest_wait(now: datetime) -> timedelta | None:
    waiting = Message.objects.filter(
        state__in=[Message.State.QUEUED, Message.State.RETRY_WAIT], next_try_at__lte=now
    )
    oldest = waiting.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    return now - oldest if oldest else None
