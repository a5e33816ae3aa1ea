"""What all admin pages share: saving through services, reading without surprises."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
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
