"""What the store knows about its own running."""

from django.db import models


class Heartbeat(models.Model):
    """The last sign of life of a background process, one row per name."""

    name = models.CharField(max_length=40, unique=True)
    sent_at = models.DateTimeField(help_text="When the beat was put into the queue.")
    at = models.DateTimeField(help_text="When a worker took it out.")

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"
