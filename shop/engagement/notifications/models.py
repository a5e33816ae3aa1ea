"""The outbox."""

from django.db import models
from django.db.models import Q

from shop.core.keys import KeyField


class Message(models.Model):
    """One message to one person: what it says is fixed when it is queued."""

    class Channel(models.TextChoices):
        """By which way a message goes."""

        EMAIL = "EMAIL", "E-mail"

    class State(models.TextChoices):
        """How far a message is."""

        QUEUED = "QUEUED", "Queued"
        SENT = "SENT", "Sent"
        RETRY_WAIT = "RETRY_WAIT", "Waits for another try"
        DEAD = "DEAD", "Given up"

    key = KeyField()
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.EMAIL)
    recipient = models.EmailField()
    subject = models.CharField(max_length=250)
    text = models.TextField()
    html = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    dedupe_key = models.CharField(max_length=120, unique=True)
    thread_type = models.CharField(max_length=40, blank=True)
    thread_key = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=["QUEUED", "RETRY_WAIT"]),
                name="messages_due",
            ),
            models.Index(fields=["thread_type", "thread_key"], name="messages_of_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
