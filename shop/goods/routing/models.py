"""Rules that decide which location serves an order first."""

from django.db import models


class RoutingRule(models.Model):
    class Kind(models.TextChoices):
        PRIORITY_THEN_NEAREST = "PRIORITY_THEN_NEAREST", "By priority, then nearest"
        NEAREST = "NEAREST", "Nearest first"

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=30, choices=Kind, default=Kind.PRIORITY_THEN_NEAREST)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    settings = models.JSONField(default=dict, blank=True)

    def __str__(self) -> str:
        return self.name
