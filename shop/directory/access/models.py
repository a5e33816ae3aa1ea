"""Grants, sign-ins and keys as rows."""

from django.conf import settings
from django.db import models

from shop.core.keys import KeyField


class RoleOffer(models.Model):
    """A permission that a version of the product gave to a ready role, once.

    What staff take away later stays away, because it is not offered a second time.
    """

    role = models.CharField(max_length=60)
    permission = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "permission"], name="role_offer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.permission}"


class SignInEvent(models.Model):
    """Somebody signed in, failed to, or was let in again."""

    class Outcome(models.TextChoices):
        """How it ended."""

        SUCCESS = "SUCCESS", "Signed in"
        FAILURE = "FAILURE", "Refused"
        LOCKED = "LOCKED", "Refused, locked"
        UNLOCKED = "UNLOCKED", "Unlocked by staff"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sign_in_events",
    )
    # A keyed hash: attempts on unknown addresses can be counted without keeping the address.
    email_hash = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    ip = models.GenericIPAddressField("IP address", null=True, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["email_hash", "at"], name="sign_in_by_email")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.at:%Y-%m-%d %H:%M}"


class ApiKey(models.Model):
    """A key for a program; only its hash is kept."""

    key = KeyField()
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    hashed = models.CharField(max_length=64)
    scopes = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
