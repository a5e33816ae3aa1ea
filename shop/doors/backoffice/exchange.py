"""Import and export buttons (django-import-export) in the house style."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from import_export.admin import ExportMixin, ImportExportMixin
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from shop.doors.backoffice.file_formats import FORMATS
from shop.platform.transfer.exceptions import FileRefused


class ExportOnly(ExportMixin):
    """A list with an export button; only those who see the list get its rows."""

    export_form_class = ExportForm
    export_formats = FORMATS

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whoever may view a list may take it along."""
        return bool(self.has_view_permission(request))


class OwnRowsExport:
    """An export whose rows and columns depend on who asks."""

    def get_export_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tell the resource who takes the file."""
        known: Any = super().get_export_resource_kwargs(request, *args, **kwargs)  # type: ignore[misc]
        return known | {"request": request}


class ImportAndExport(ImportExportMixin):
    """A list with both buttons; importing needs the permission to add and change."""

    import_form_class = ImportForm
    skip_admin_log = True  # the pipeline's services keep their own trail
    export_form_class = ExportForm
    import_formats = FORMATS
    export_formats = FORMATS

    def add_data_read_fail_error_to_form(self, form: Any, e: Exception) -> None:
        """Say in our own words why a file cannot be read."""
        if isinstance(e, FileRefused):
            form.add_error("import_file", str(e))
        else:
            super().add_data_read_fail_error_to_form(form, e)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Whoever may view a list may take it along."""
        return bool(self.has_view_permission(request))

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whoever may add and change rows may bring a file of them."""
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    def get_import_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tell the resource who brings the file."""
        return super().get_import_resource_kwargs(request, *args, **kwargs) | {"request": request}
