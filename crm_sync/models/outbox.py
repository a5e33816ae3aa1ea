"""The outbox: what changed, what has to be sent, and what was answered."""

from django.db import models
from django.db.models import Q

from crm_sync.models.connection import Connection


class Lane(models.TextChoices):
    """Who goes first."""

    LIVE = "live", "Live"
    LOW = "low", "Backfill and history"


class Operation(models.TextChoices):
    """What happened to the record."""

    SAVE = "save", "Saved"
    DELETE = "delete", "Deleted"


class ChangeMark(models.Model):
    """A watched row changed; written in the transaction that changed it."""

    mapping = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    operation = models.CharField(max_length=10, choices=Operation.choices)
    lane = models.CharField(max_length=10, choices=Lane.choices, default=Lane.LIVE)
    correlation_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.mapping} {self.key}"


class SyncJob(models.Model):
    """One record that has to reach Salesforce; later changes fold into it."""

    class State(models.TextChoices):
        """The states of a job."""

        PENDING = "PENDING", "Waiting"
        BLOCKED = "BLOCKED", "Waiting for another record"
        IN_FLIGHT = "IN_FLIGHT", "Being sent"
        RETRY_WAIT = "RETRY_WAIT", "Will be tried again"
        BUDGET_WAIT = "BUDGET_WAIT", "Waiting for the call limit"
        CHECKING = "CHECKING", "Being checked"
        DONE = "DONE", "In step"
        DEAD = "DEAD", "Failed"
        IGNORED = "IGNORED", "Put aside"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="jobs")
    mapping = models.CharField(max_length=30)
    key = models.CharField(max_length=64)
    operation = models.CharField(max_length=10, choices=Operation.choices)
    mapping_version = models.PositiveSmallIntegerField(default=1)
    lane = models.CharField(max_length=10, choices=Lane.choices, default=Lane.LIVE)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    depends_on = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="dependents"
    )
    wanted_version = models.PositiveIntegerField(default=1)
    sent_version = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error_code = models.CharField(max_length=80, blank=True)
    last_error = models.TextField(blank=True)
    skipped_because = models.CharField(max_length=200, blank=True)
    ignored_because = models.CharField(max_length=200, blank=True)
    correlation_ids = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "mapping", "key"],
                condition=~Q(state__in=["DONE", "IGNORED"]),
                name="one_live_job_per_record",
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "lane", "due_at"],
                condition=Q(state__in=["PENDING", "RETRY_WAIT", "BUDGET_WAIT", "CHECKING"]),
                name="jobs_to_claim",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="IN_FLIGHT"), name="jobs_in_flight"
            ),
            models.Index(fields=["depends_on"], condition=Q(state="BLOCKED"), name="jobs_blocked"),
            models.Index(fields=["last_error_code"], condition=Q(state="DEAD"), name="jobs_dead"),
            models.Index(fields=["mapping", "key", "created_at"], name="jobs_of_record"),
            models.Index(fields=["done_at"], condition=Q(state="DONE"), name="jobs_done"),
        ]

    def __str__(self) -> str:
        return f"{self.mapping} {self.key}"


CLAIMABLE = (
    SyncJob.State.PENDING,
    SyncJob.State.RETRY_WAIT,
    SyncJob.State.BUDGET_WAIT,
    SyncJob.State.CHECKING,
)
FINISHED = (SyncJob.State.DONE, SyncJob.State.IGNORED)


class DeadLetter(SyncJob):
    """A job that needs a person."""

    class Meta:
        proxy = True
        verbose_name = "failed record"
        verbose_name_plural = "failed records"


class SyncCall(models.Model):
    """One call to Salesforce, without its content."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="calls")
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=255)
    records = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(default=0)
    code = models.CharField(max_length=80, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    calls_used = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.status}"


class SyncAttempt(models.Model):
    """What one call did for one job."""

    job = models.ForeignKey(SyncJob, on_delete=models.CASCADE, related_name="attempts_made")
    call = models.ForeignKey(
        SyncCall, null=True, blank=True, on_delete=models.CASCADE, related_name="attempts"
    )
    kind = models.CharField(max_length=30)
    sobject = models.CharField(max_length=40)
    external_id = models.CharField(max_length=64)
    salesforce_id = models.CharField(max_length=18, blank=True)
    is_ok = models.BooleanField()
    is_created = models.BooleanField(default=False)
    code = models.CharField(max_length=80, blank=True)
    message = models.TextField(blank=True)
    sent_fields = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.sobject} {self.external_id}"
