"""Pages of the org browser for looking; editing.py has those that change something."""

from pathlib import Path

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from crm_sync.localorg import ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.face import approving, files, history, lists, past, records
from crm_sync.localorg.messages import dump_json
from crm_sync.localorg.oauth import consent
from crm_sync.localorg.oauth.tokens import OAuthError
from crm_sync.localorg.pages import FORMS, POLICY
from crm_sync.localorg.pages import page as _page
from crm_sync.localorg.runtime import current
from crm_sync.localorg.store import blobs

STATIC = Path(__file__).parent / "static" / "localorg"
TYPES = {
    "localorg.css": "text/css; charset=utf-8",
    "events.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
MOST_ROWS = 200


@require_safe
def static(_request: HttpRequest, name: str) -> HttpResponse:
    """Serve the few files the pages need."""
    if name not in TYPES:
        raise Http404
    response = HttpResponse((STATIC / name).read_bytes(), content_type=TYPES[name])
    response.headers["Cache-Control"] = "max-age=300"
    return response


@require_safe
def objects(request: HttpRequest) -> HttpResponse:
    """List all objects with their sizes."""
    found = records.counts(current())
    return _page(
        request,
        "objects.html",
        filled=[each for each in found if each[1] and not each[0].setup],
        empty=[each for each in found if not each[1] and not each[0].setup],
        setup=[each for each in found if each[0].setup],
        events=[each for each in current().schema.objects.values() if each.is_event],
        section="objects",
    )


@require_safe
def record_list(request: HttpRequest, name: str) -> HttpResponse:
    """List an object's records, narrowed and sorted as the address says."""
    owner = current().visible.find(name)
    if owner is None or owner.is_event:
        raise Http404
    found = lists.listing(current(), owner, lists.read_wish(request.GET))
    if "add" in request.GET:
        target = lists.add(current(), found, request.GET)
        if target is not None:
            return HttpResponseRedirect(reverse("list", args=[owner.name]) + target)
    is_bad = bool(found.problems or (found.adding and found.adding.problem))
    status = 400 if is_bad else 200
    return _page(request, "list.html", status=status, list=found, section="objects")


@require_safe
def record(request: HttpRequest, record_id: str) -> HttpResponse:
    """Show one record with its related lists and its history."""
    full = ids.normalize(record_id)
    if full is None:
        raise Http404
    try:
        found = records.sheet(current(), full)
        happened = past.past_of(current(), found)
    except SalesforceError as error:
        raise Http404 from error
    approval = approving.approval_of(current(), found.owner, full)
    return _page(
        request,
        "record.html",
        sheet=found,
        past=happened,
        approval=approval,
        section="objects",
    )


@require_safe
def file(_request: HttpRequest, record_id: str) -> StreamingHttpResponse:
    """Hand out a file to be saved; no browser shows it as a page of the org."""
    org, full = current(), ids.normalize(record_id)
    owner = org.schema.of_id(full) if full else None
    if owner is None or full is None:
        raise Http404
    try:
        found = files.download(org, owner, full)
    except SalesforceError as error:
        raise Http404 from error
    pieces = blobs.pieces(org.store, found.record_id)
    response = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    response.headers["Content-Length"] = str(found.size)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=found.name) or "attachment"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def fields(request: HttpRequest, name: str) -> HttpResponse:
    """Show an object's fields."""
    owner = current().schema.find(name)
    if owner is None:
        raise Http404
    return _page(request, "fields.html", owner=owner, section="objects")


@require_safe
def soql(request: HttpRequest) -> HttpResponse:
    """Run a statement and show what it finds."""
    # A form sends its line ends in a form of their own; the same statement is the same text.
    text = request.GET.get("q", "").replace("\r\n", "\n").strip()[:20_000]
    org = current()
    values: dict[str, object] = {"text": text, "section": "soql"}
    if text:
        try:
            page = org.reader.query(text, size=MOST_ROWS)
            history.remember(org.store, text)
            rows = [_flat(each) for each in page.records]
            names = list(dict.fromkeys(name for row in rows for name in row))
            values |= {"total": page.total, "names": names, "rows": rows, "done": True}
        except SalesforceError as error:
            values |= {"failure": error}
    return _page(request, "soql.html", status=200, ran=history.recent(org.store), **values)


def _flat(found: dict[str, object], prefix: str = "") -> dict[str, object]:
    row: dict[str, object] = {}
    for name, value in found.items():
        if name == "attributes":
            continue
        if isinstance(value, dict) and "records" in value:
            row[prefix + name] = dump_json(value["records"]).decode()
        elif isinstance(value, dict):
            row |= _flat(value, f"{prefix}{name}.")
        else:
            row[prefix + name] = value
    return row


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show the last calls."""
    stats = current().journal.stats()
    return _page(
        request, "log.html", entries=current().journal.entries(), stats=stats, section="log"
    )


@require_safe
def log_entry(request: HttpRequest, number: int) -> HttpResponse:
    """Show one call with its answer."""
    found = next((each for each in current().journal.entries() if each.number == number), None)
    if found is None:
        raise Http404
    return _page(request, "log_entry.html", entry=found, section="log")


def only_forms(request: HttpRequest) -> HttpResponse:
    """Say that an address takes forms only."""
    return _page(request, "missing.html", status=405, pressed=True)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form that did not come from these pages."""
    return _page(request, "missing.html", status=403, failed=bool(reason))


@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Ask the user whether an application may act for them."""
    org = current()
    try:
        wish = consent.read(org, {key: str(value) for key, value in request.GET.items()})
    except OAuthError as error:
        return _page(request, "authorize.html", status=400, failure=error.description)
    failure = ""
    if request.method == "POST":
        if "deny" in request.POST:
            return HttpResponseRedirect(consent.deny(wish))
        try:
            return HttpResponseRedirect(consent.allow(org, wish, request.POST.get("password", "")))
        except OAuthError as error:
            failure = error.description
    page = _page(request, "authorize.html", wish=wish, failure=failure)
    page.headers["Content-Security-Policy"] = POLICY.replace(FORMS, f"{FORMS} {wish.origin}")
    return page


def stranger(request: HttpRequest) -> HttpResponse:
    """Keep the pages from a site that lets its own name lead to this machine."""
    return _page(request, "missing.html", status=403, strange=True)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is nothing here."""
    return _page(request, "missing.html", status=404, failed=exception is not None)
