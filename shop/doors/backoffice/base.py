"""What all admin pages share: saving through services, reading without surprises."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator


class StoreAdmin(ModelAdmin):
    """A list and form in the house style."""

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    list_filter_submit = True
    compressed_fields = True
    warn_unsaved_form = True


class BigListAdmin(StoreAdmin):
    """A list over a table too big to count for each page."""

    paginator = InfinitePaginator


class ReadOnly:
    """Rows that only services write: the admin shows them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds such a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits such a row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes such a row."""
        return False


class ReadOnlyAdmin(ReadOnly, BigListAdmin):
    """A page that shows rows and changes none."""

    warn_unsaved_form = False


class HistoryOfSeenRows(SimpleHistoryAdmin):
    """Old versions are shown to those who may see the row, and to nobody else."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """The versions of one row."""
        self._require_seen(request, object_id)
        return cast("HttpResponse", super().history_view(request, object_id, extra_context))

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """One old version."""
        self._require_seen(request, object_id)
        shown = super().history_form_view(request, object_id, version_id, extra_context)
        return cast("HttpResponse", shown)

    def _require_seen(self, request: HttpRequest, object_id: str) -> None:
        if self.get_object(request, object_id) is None:
            raise Http404


class Keeping:
    """Rows that stay: they can be switched off, not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """History refers to them."""
        return False


class ReadOnlyInline(ReadOnly, TabularInline):
    """Rows of a parent, shown only."""

    extra = 0
    can_delete = False
    show_change_link = False


class FieldInline(TabularInline):
    """Rows of a parent, edited with it."""

    extra = 0
