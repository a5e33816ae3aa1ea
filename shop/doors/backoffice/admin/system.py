"""Pages about the system itself: trails, inbox, mail, jobs. Shown, hardly ever changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.decorators import action

from shop.core.models import AuditEntry, InboxMessage, TimelineEntry
from shop.directory.access import policies as access
from shop.doors.backoffice.acting import actor_of
from shop.doors.backoffice.base import ReadOnlyAdmin
from shop.doors.backoffice.words import state_column
from shop.engagement.notifications import services as notifications
from shop.engagement.notifications.models import Message
from shop.platform.operations.models import Heartbeat
from shop.platform.transfer.models import ImportJob


@admin.register(TimelineEntry)
class TimelineEntryAdmin(ReadOnlyAdmin):
    """What happened, for people."""

    list_display = ("occurred_at", "thread_type", "message", "actor_label", "channel")
    list_filter = ("thread_type", "channel")
    search_fields = ("thread_key", "correlation_id")
    search_help_text = _("Key of the order, customer or other thread; or a correlation id")
    ordering = ("-occurred_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TimelineEntry]:
        """Stories of orders name buyers and payments, which sellers do not learn."""
        rows: QuerySet[TimelineEntry] = super().get_queryset(request)
        return rows.none() if access.is_seller_only(request.user) else rows


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who changed what in settings, permissions and customers' data."""

    list_display = ("occurred_at", "action", "subject_type", "subject_key", "actor_label")
    list_filter = ("subject_type",)
    search_fields = ("subject_key", "actor_label", "action")
    ordering = ("-position",)


@admin.register(InboxMessage)
class InboxMessageAdmin(ReadOnlyAdmin):
    """Messages from gateways and carriers, as they came."""

    list_display = ("received_at", "source", "external_id", "result", "handled_at")
    list_filter = ("source",)
    search_fields = ("external_id",)
    ordering = ("-received_at",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Bodies may name payments: only admins read them."""
        shown = ["source", "external_id", "received_at", "handled_at", "result", "error"]
        return [*shown, "headers", "body"] if request.user.is_superuser else shown


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """The mail outbox."""

    state_badge = state_column("state", "State")
    list_display = ("created_at", "kind", "recipient", "subject", "state_badge", "attempts")
    list_filter = ("state", "kind")
    search_fields = ("recipient", "thread_key")
    ordering = ("-created_at", "-pk")
    exclude = ("html",)
    actions = ("send_again",)

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Who may change messages may send them again."""
        return bool(request.user.has_perm("notifications.change_message"))

    @action(description=_("Send again"), permissions=["send"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[Message]) -> None:
        """Try given-up messages again."""
        now = timezone.now()
        for message in chosen:
            notifications.retry(message_id=message.pk, actor=actor_of(request), now=now)
        messages.success(request, _("Queued again: %(count)d") % {"count": len(chosen)})


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    """Runs of imports."""

    state_badge = state_column("state", "State")
    list_display = (
        "started_at", "object", "format", "file_name", "state_badge", "created", "updated",
        "unchanged", "rejected",
    )  # fmt: skip
    list_filter = ("object", "state")
    ordering = ("-started_at",)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """Whether the worker lives."""

    list_display = ("name", "sent_at", "at")
    ordering = ("name",)


# The queue's own pages, in the house style and for reading: work is steered by our outboxes.
for model in (Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class QueueAdmin(ReadOnlyAdmin):
    """Rows of the task queue."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Only admins look into the queue."""
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only admins look into the queue."""
        return bool(request.user.is_superuser)


@admin.register(Schedule)
class ScheduleAdmin(QueueAdmin):
    """Regular work."""

    list_display = ("name", "func", "schedule_type", "minutes", "next_run")
    ordering = ("name",)


@admin.register(OrmQ)
class QueuedAdmin(QueueAdmin):
    """Wake-ups that wait for a worker."""

    list_display = ("id", "key", "lock")
    ordering = ("id",)


@admin.register(Failure)
class FailureAdmin(QueueAdmin):
    """Tasks that failed; the rows they worked on say when they are tried again."""

    list_display = ("name", "func", "started", "stopped")
    ordering = ("-stopped",)
