"""The report pages for managers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from reporting import exports
from reporting.catalogue import REPORTS, Report
from reporting.dashboard import dashboard
from reporting.filters import FilterForm, Filters
from reporting.policies import can_view_reports
from reporting.tables import Result
from shop.core import options

View = Callable[..., HttpResponse]
FORMATS = ("csv", "xlsx")


def for_managers(view: View) -> View:
    """Send strangers to the sign-in page and refuse everyone who may not read reports."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not can_view_reports(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@require_GET
@for_managers
def home(request: HttpRequest) -> HttpResponse:
    """The dashboard, and the way to every report."""
    form = FilterForm(
        request.GET,
        shown=("period", "start", "end", "currency", "channel", "compare", "returns"),
        default_period="30d",
    )
    filters = form.filters(timezone.now())
    context = {
        "form": form,
        "filters": filters,
        "board": dashboard(filters),
        "reports": [report for report in REPORTS.values() if report.is_listed],
    }
    template = "reporting/board.html" if _is_fragment(request) else "reporting/home.html"
    return render(request, template, context)


@never_cache
@require_GET
@for_managers
def report_page(request: HttpRequest, code: str) -> HttpResponse:
    """One report under the filters of its address, as a page or a file."""
    report = REPORTS.get(code)
    if report is None:
        raise Http404
    form = FilterForm(request.GET, shown=report.fields, default_period=report.default_period)
    filters = form.filters(timezone.now())
    wanted = {key: str(value)[:100] for key, value in request.GET.items()}
    if wanted.get("format") in FORMATS:
        return _file(report, report.build(filters, wanted, None), wanted["format"], filters)
    limit = int(options.value("reports.rows_on_screen"))
    result = _cut(report.build(filters, wanted, limit), limit)
    query = request.GET.copy()
    query.pop("format", None)
    context = {
        "report": report,
        "form": form,
        "filters": filters,
        "result": result,
        "query": query.urlencode(),
        "reports": [entry for entry in REPORTS.values() if entry.is_listed],
        "kept": {k: v for k, v in wanted.items() if k not in form.fields and k != "format"},
    }
    return render(request, "reporting/report.html", context)


def _is_fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _cut(result: Result, limit: int) -> Result:
    """Show the first rows and every total; the files have all."""
    plain = [row for row in result.rows if row.level == "row"]
    if len(plain) <= limit:
        return result
    allowed = {id(row) for row in plain[:limit]}
    kept = [row for row in result.rows if row.level != "row" or id(row) in allowed]
    return replace(result, rows=kept, is_cut=True)


def _file(report: Report, result: Result, kind: str, filters: Filters) -> HttpResponse:
    name = f"{report.code}-{filters.span.start:%Y%m%d}-{filters.span.end:%Y%m%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if kind == "csv":
        return StreamingHttpResponse(  # type: ignore[return-value]
            exports.csv_lines(result), content_type="text/csv; charset=utf-8", headers=headers
        )
    return HttpResponse(
        exports.xlsx_bytes(result, str(_(str(report.title)))),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers=headers,
    )
