"""What was imported, when, by whom, and how it went."""

from django.conf import settings
from django.db import models

from shop.core.keys import KeyField


class ImportJob(models.Model):
    """One run of an import, kept for people to look up."""

    class State(models.TextChoices):
        RUNNING = "RUNNING", "Running"
        DONE = "DONE", "Done"
        DONE_WITH_REJECTIONS = "DONE_WITH_REJECTIONS", "Done, some rows rejected"
        FAILED = "FAILED", "Failed"

    key = KeyField()
    object = models.CharField(max_length=20)
    format = models.CharField(max_length=30)
    file_name = models.CharField(max_length=255)
    state = models.CharField(max_length=20, choices=State, default=State.RUNNING)
    is_dry_run = models.BooleanField(default=False)
    mode = models.CharField(max_length=10, default="both")
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    errors_file = models.CharField(max_length=500, blank=True)
    message = models.TextField(blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="import_jobs",
    )
    started_by_label = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="import_jobs_latest_first")]

    def __str__(self) -> str:
        return f"{self.object} from {self.file_name}"
