"""The synchronisation in the admin: connection, outbox, failed records, the life of one record."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from crm_sync import connections, doctor, lookups, policies, selectors, services
from crm_sync.client.org import Org
from crm_sync.forms import ConnectionForm, PutAsideForm
from crm_sync.mappings import names
from crm_sync.models import Connection, DeadLetter, Link, SyncAttempt, SyncJob
from shop.core.actors import Actor
from shop.directory.access.selectors import actor_for

STATE_LABELS = {
    "DONE": "success",
    "DEAD": "danger",
    "RETRY_WAIT": "warning",
    "BLOCKED": "warning",
    "BUDGET_WAIT": "warning",
    "IN_FLIGHT": "info",
    "PENDING": "info",
}


def _actor(request: HttpRequest) -> Actor:
    return actor_for(request.user, channel="admin", correlation_id="")


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only the engine writes."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may see jobs may see all of this."""
        return policies.may_view(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the section to the same people."""
        return policies.may_view(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted because it failed."""
        return False


@admin.register(Connection)
class ConnectionAdmin(ModelAdmin):
    """The one connection, with a test that writes nothing."""

    form = ConnectionForm
    list_display = ("name", "login_url", "state", "last_success_at")
    readonly_fields = (
        "state",
        "trouble",
        "organization_id",
        "calls_today",
        "last_success_at",
        "resume_at",
    )
    fieldsets = (
        ("Where", {"fields": ("login_url", "api_version", "ca_file")}),
        ("Sign-in", {"fields": ("flow", "client_id", "client_secret", "username", "private_key")}),
        (
            "How it is doing",
            {
                "fields": (
                    "state",
                    "trouble",
                    "organization_id",
                    "calls_today",
                    "last_success_at",
                    "resume_at",
                )
            },
        ),
    )
    actions_detail = ("test_connection", "pause_or_resume")

    @display(description="Calls today")
    def calls_today(self, row: Connection) -> str:
        """Used and allowed calls."""
        return f"{row.calls_used:,} of {row.calls_limit:,}" if row.calls_limit else "not known yet"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Connection]:
        """There is always exactly one."""
        connections.connection()
        rows: QuerySet[Connection] = super().get_queryset(request)
        return rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        """One is enough."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Without it the outbox would hang in the air."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save through the service, which keeps the audit trail."""
        services.configure(changes=form.changes(), actor=_actor(request), now=timezone.now())

    @action(description="Test connection", url_path="test-connection")
    def test_connection(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Sign in and look around."""
        if not policies.may_operate(request.user):
            raise Http404
        setup = connections.setup_of(connections.connection())
        if not setup.is_complete:
            messages.error(request, f"Still missing: {', '.join(setup.missing)}.")
        else:
            self._examine(request, setup)
        return redirect(reverse("admin:crm_sync_connection_change", args=[object_id]))

    def _examine(self, request: HttpRequest, setup: connections.Setup) -> None:
        org = Org(setup.credentials)
        try:
            checks = doctor.examine(org, connections.filled_organization(connections.connection()))
            identity = doctor.organization_of(org) if checks[0].is_ok else ""
        finally:
            org.close()
        services.note_test(
            is_ok=checks[0].is_ok, organization_id=identity, usage=org.usage, now=timezone.now()
        )
        failed = [check for check in checks if not check.is_ok]
        for check in failed:
            messages.error(request, f"{check.detail} {check.fix}")
        if not failed:
            messages.success(
                request, f"Connected: {checks[0].detail}. {len(checks)} checks passed."
            )

    @action(description="Pause or resume", url_path="pause")
    def pause_or_resume(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Stop sending, or go on."""
        if not policies.may_operate(request.user):
            raise Http404
        is_paused = connections.connection().state == Connection.State.PAUSED
        services.set_paused(is_paused=not is_paused, actor=_actor(request), now=timezone.now())
        messages.success(request, "Sending goes on." if is_paused else "Sending is paused.")
        return redirect(reverse("admin:crm_sync_connection_change", args=[object_id]))


class JobAdmin(ReadOnlyAdmin):
    """Jobs, whatever their state."""

    list_display: tuple[str, ...] = (
        "record",
        "state_label",
        "lane",
        "attempts",
        "due_at",
        "reason",
    )
    list_filter: tuple[str, ...] = ("state", "mapping", "lane")
    search_fields = ("key", "last_error_code")
    ordering = ("-pk",)
    list_select_related = ("depends_on",)
    show_full_result_count = False

    @display(description="Record")
    def record(self, job: SyncJob) -> str:
        """The record, leading to its life."""
        address = reverse("admin:crm_sync_explain", args=[job.mapping, job.key])
        return format_html('<a href="{}">{} {}</a>', address, job.mapping, job.key)

    @display(description="State", label=STATE_LABELS)
    def state_label(self, job: SyncJob) -> tuple[str, str]:
        """The state as a badge."""
        return job.state, job.get_state_display()

    @display(description="Why")
    def reason(self, job: SyncJob) -> str:
        """The error or the reason in plain words."""
        return job.last_error or job.skipped_because or job.ignored_because


@admin.register(SyncJob)
class SyncJobAdmin(JobAdmin):
    """The outbox, with age and rate."""

    list_before_template = "crm_sync/outbox_summary.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show depth, age and rate above the list."""
        status = selectors.status(timezone.now())
        page: HttpResponse = super().changelist_view(
            request, {**(extra_context or {}), "crm_status": status}
        )
        return page

    def get_urls(self) -> list[URLPattern]:
        """Add the page of one record's life."""
        explain = path(
            "explain/<str:mapping>/<str:key>/",
            self.admin_site.admin_view(self.explain_view),
            name="crm_sync_explain",
        )
        return [explain, *super().get_urls()]

    def explain_view(self, request: HttpRequest, mapping: str, key: str) -> HttpResponse:
        """Tell the life of one record on one page."""
        if mapping not in names.STAGES or not policies.may_view(request.user):
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": f"{mapping.replace('_', ' ').capitalize()} {lookups.label_of(mapping, key)}",
            "explanation": selectors.explain(mapping, key),
        }
        return TemplateResponse(request, "crm_sync/explain.html", context)


@admin.register(DeadLetter)
class DeadLetterAdmin(JobAdmin):
    """Failed records: replay, or put aside with a reason."""

    list_display = ("record", "last_error_code", "reason", "attempts", "created_at")
    list_filter = ("last_error_code", "mapping")
    actions = ("replay", "replay_same_error", "put_aside")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeadLetter]:
        """Only what needs a person."""
        rows: QuerySet[DeadLetter] = super().get_queryset(request)
        return rows.filter(state=SyncJob.State.DEAD)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may act on failed records."""
        return policies.may_operate(request.user)

    @admin.action(description="Try again", permissions=["operate"])
    def replay(self, request: HttpRequest, chosen: QuerySet[DeadLetter]) -> None:
        """Try the chosen records again."""
        ids = list(chosen.values_list("pk", flat=True))
        count = services.replay(job_ids=ids, actor=_actor(request), now=timezone.now())
        messages.success(request, f"{count} records will be sent again.")

    @admin.action(description="Try all with the same error again", permissions=["operate"])
    def replay_same_error(self, request: HttpRequest, chosen: QuerySet[DeadLetter]) -> None:
        """Try everything again that failed like the chosen ones."""
        codes = list(chosen.values_list("last_error_code", flat=True).distinct())
        self.replay(request, self.get_queryset(request).filter(last_error_code__in=codes))

    @admin.action(description="Put aside", permissions=["operate"])
    def put_aside(
        self, request: HttpRequest, chosen: QuerySet[DeadLetter]
    ) -> TemplateResponse | None:
        """Ask for a reason, then put aside."""
        form = PutAsideForm(request.POST if "reason" in request.POST else None)
        if form.is_valid():
            count = services.put_aside(
                job_ids=list(chosen.values_list("pk", flat=True)),
                reason=form.cleaned_data["reason"],
                actor=_actor(request),
                now=timezone.now(),
            )
            messages.success(request, f"{count} records were put aside.")
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Put aside",
            "form": form,
            "jobs": chosen,
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "crm_sync/put_aside.html", context)


@admin.register(SyncAttempt)
class SyncAttemptAdmin(ReadOnlyAdmin):
    """What each call did for each record."""

    list_display = ("made_at", "sobject", "external_id", "is_ok", "code", "message")
    list_filter = ("is_ok", "sobject", "code")
    search_fields = ("external_id", "salesforce_id")
    ordering = ("-pk",)
    show_full_result_count = False


@admin.register(Link)
class LinkAdmin(ReadOnlyAdmin):
    """Which record of ours is which record of theirs."""

    list_display = ("external_id", "sobject", "salesforce_id", "state", "last_pushed_at")
    list_filter = ("sobject", "state")
    search_fields = ("external_id", "salesforce_id", "key")
    ordering = ("-pk",)
    show_full_result_count = False
