"""Counters of visits: numbers only, nothing about a person or a device."""

from django.db import models


class DailyVisits(models.Model):
    """Visits and viewers of products of one day, in a few rows so that nobody waits in line."""

    day = models.DateField()
    shard = models.PositiveSmallIntegerField()
    visits = models.PositiveIntegerField(default=0)
    product_viewers = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Visitors who saw a product on this day."
    )

    class Meta:
        verbose_name = "daily visits"
        verbose_name_plural = "daily visits"
        constraints = [
            models.UniqueConstraint(fields=["day", "shard"], name="one_visit_counter_per_shard"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.visits}"
