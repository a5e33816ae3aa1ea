"""Records that every package shares."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from shop.core.keys import KeyField
from shop.core.rows import HotRow


class TimelineEntry(HotRow):
    """Something that happened, told for people; never changed."""

    key = KeyField()
    subject_type = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=40)
    thread_type = models.CharField(max_length=40)
    thread_key = models.CharField(max_length=40)
    kind = models.CharField(max_length=60)
    message = models.TextField()
    actor_kind = models.CharField(max_length=20)
    actor_key = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    correlation_id = models.CharField(max_length=64, blank=True)
    data = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    occurred_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "timeline entries"
        indexes = [
            models.Index(
                fields=["thread_type", "thread_key", "occurred_at"], name="timeline_thread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thread_type} {self.thread_key}"


class AuditEntry(models.Model):
    """A change of settings, permissions or personal data; each entry seals the one before."""

    key = KeyField()
    position = models.PositiveBigIntegerField(unique=True)
    action = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=80, blank=True)
    actor_kind = models.CharField(max_length=20)
    actor_key = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=200, blank=True)
    on_behalf_of = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    correlation_id = models.CharField(max_length=64, blank=True)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    occurred_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64, blank=True)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject_type", "subject_key"], name="audit_subject"),
            models.Index(fields=["occurred_at"], name="audit_occurred"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.action}"


class AuditChain(models.Model):
    """The end of the audit chain: one row, locked by whoever adds to it."""

    length = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.length} entries"


class OptionValue(models.Model):
    """A business setting that differs from its default."""

    key = models.CharField(max_length=80, unique=True)
    value = models.JSONField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class IdempotencyRecord(HotRow):
    """A submission that was seen, and the answer it got."""

    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True, blank=True, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="idempotency_once_per_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class InboxMessage(models.Model):
    """A message from outside, kept as it came, handled once."""

    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    body = models.TextField()
    headers = models.JSONField(default=dict, blank=True)
    received_at = models.DateTimeField(db_index=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="inbox_once_per_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
