"""The identity map: which row of ours is which record of theirs."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from crm_sync.models.connection import Connection


class Link(models.Model):
    """Our record and its Salesforce id; a cache, because the external id is the truth."""

    class State(models.TextChoices):
        """What became of the record over there."""

        LIVE = "LIVE", "In Salesforce"
        CONVERTED = "CONVERTED", "Converted"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    sobject = models.CharField(max_length=40)
    salesforce_id = models.CharField(max_length=18)
    external_id = models.CharField(max_length=64)
    last_pushed_hash = models.CharField(max_length=64, blank=True)
    pushed_values = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    shortened_fields = models.JSONField(default=list, blank=True)
    mapping_version = models.PositiveSmallIntegerField(default=1)
    last_pushed_at = models.DateTimeField(null=True, blank=True)
    last_seen_modstamp = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State.choices, default=State.LIVE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "key"], name="one_link_per_record"
            ),
            models.UniqueConstraint(
                fields=["connection", "kind", "salesforce_id"], name="one_record_per_link"
            ),
        ]
        indexes = [
            models.Index(fields=["salesforce_id"], name="links_by_salesforce_id"),
        ]

    def __str__(self) -> str:
        return f"{self.sobject} {self.external_id} is {self.salesforce_id}"
