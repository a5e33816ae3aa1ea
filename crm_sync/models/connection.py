"""The one connection to Salesforce: where, who, and how it is doing."""

from django.db import models

from shop.core.crypto import EncryptedTextField

API_VERSIONS = ("64.0", "65.0", "66.0", "67.0", "68.0")
DEFAULT_API_VERSION = "67.0"


class Connection(models.Model):
    """How to reach the org and what state the connection is in; secrets are encrypted."""

    class Flow(models.TextChoices):
        """The ways to sign in."""

        CLIENT_CREDENTIALS = "client_credentials", "Client credentials"
        JWT = "jwt", "JWT bearer"

    class State(models.TextChoices):
        """Whether anything is sent."""

        READY = "READY", "Ready"
        PAUSED = "PAUSED", "Paused by a person"
        SIGN_IN_FAILED = "SIGN_IN_FAILED", "Sign-in failed"
        STOPPED = "STOPPED", "Stopped by an error"

    name = models.CharField(max_length=40, unique=True, default="default")
    login_url = models.CharField(max_length=255, blank=True)
    flow = models.CharField(
        max_length=20, choices=Flow.choices, default=Flow.CLIENT_CREDENTIALS, blank=True
    )
    client_id = models.CharField(max_length=255, blank=True)
    client_secret = EncryptedTextField(blank=True)
    private_key = EncryptedTextField(blank=True)
    username = models.CharField(max_length=255, blank=True)
    api_version = models.CharField(
        max_length=5,
        choices=[(version, version) for version in API_VERSIONS],
        default=DEFAULT_API_VERSION,
    )
    ca_file = models.CharField(
        max_length=255, blank=True, help_text="File with the certificate of a private authority."
    )

    state = models.CharField(max_length=20, choices=State.choices, default=State.READY)
    trouble = models.TextField(blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    resume_at = models.DateTimeField(null=True, blank=True)
    budget_until = models.DateTimeField(null=True, blank=True)
    calls_used = models.PositiveIntegerField(default=0)
    calls_limit = models.PositiveIntegerField(default=0)
    shop_code = models.CharField(max_length=12, blank=True, editable=False)
    organization_id = models.CharField(max_length=18, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    facts_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return "Salesforce connection"


class LaneLease(models.Model):
    """Who drains a lane now; a crashed worker's lease runs out by itself."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="lane_leases")
    lane = models.CharField(max_length=10)
    holder = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    rest_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "lane"], name="one_lease_per_lane"),
        ]

    def __str__(self) -> str:
        return f"{self.lane} held by {self.holder or 'nobody'}"
