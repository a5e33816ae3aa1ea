"""Pages of the org browser that change records."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm_sync.localorg import ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.face import approving, converting, files, forms
from crm_sync.localorg.org import Org
from crm_sync.localorg.pages import page
from crm_sync.localorg.runtime import current
from crm_sync.localorg.schema.model import SObject

Act = Callable[[Org, SObject, str], str | None]


def _posted(request: HttpRequest) -> dict[str, str]:
    """Return what was sent; several ticks of one field are parted by semicolons."""
    return {key: ";".join(map(str, request.POST.getlist(key))) for key in request.POST}


def _owner(record_id: str) -> tuple[SObject, str]:
    full = ids.normalize(record_id)
    owner = current().schema.of_id(full) if full else None
    if owner is None or full is None:
        raise Http404
    return owner, full


def _show(request: HttpRequest, form: forms.Form) -> HttpResponse:
    status = 422 if form.failure else 200
    return page(request, "form.html", status=status, form=form, section="objects")


def _submitted(request: HttpRequest, form: forms.Form) -> str | None:
    if request.method != "POST":
        return None
    chosen = files.chosen(form.owner, request.FILES)
    return forms.submit(current(), form, _posted(request), chosen)


def _to(record_id: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("record", args=[record_id]))


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, name: str) -> HttpResponse:
    """Make a new record."""
    owner = current().schema.find(name)
    if owner is None or owner.is_event or not owner.createable:
        raise Http404
    given = {key: str(value) for key, value in request.GET.items()}
    form = forms.blank(current(), owner, given)
    made = _submitted(request, form)
    return _to(made) if made else _show(request, form)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, record_id: str) -> HttpResponse:
    """Change a record."""
    owner, full = _owner(record_id)
    if not owner.updateable:
        raise Http404
    try:
        form = forms.filled(current(), owner, full)
    except SalesforceError as error:
        raise Http404 from error
    saved = _submitted(request, form)
    return _to(saved) if saved else _show(request, form)


def _act(request: HttpRequest, record_id: str, act: Act) -> HttpResponse:
    owner, full = _owner(record_id)
    try:
        target = act(current(), owner, full)
    except SalesforceError as error:
        values = {"failure": error, "record_id": full, "section": "objects"}
        return page(request, "refused.html", status=409, **values)
    return _to(target or full)


@require_POST
def delete(request: HttpRequest, record_id: str) -> HttpResponse:
    """Put a record into the recycle bin."""
    return _act(request, record_id, lambda org, owner, full: forms.remove(org, owner, full))


@require_POST
def undelete(request: HttpRequest, record_id: str) -> HttpResponse:
    """Take a record out of the recycle bin."""
    return _act(request, record_id, lambda org, owner, full: forms.restore(org, owner, full))


@require_POST
def approve(request: HttpRequest, record_id: str) -> HttpResponse:
    """Submit a record for approval, or decide about it."""
    sent = _posted(request)
    action, comments = sent.get("action", ""), sent.get("comments", "").strip()
    return _act(
        request,
        record_id,
        lambda org, owner, full: approving.decide(org, owner, full, action, comments),
    )


@require_http_methods(["GET", "POST"])
def convert(request: HttpRequest, record_id: str) -> HttpResponse:
    """Ask what a lead is to become, convert it, and go to its contact."""
    owner, full = _owner(record_id)
    if owner.name != "Lead":
        raise Http404
    try:
        desk = converting.desk(current(), full, _posted(request))
    except SalesforceError as error:
        raise Http404 from error
    contact = converting.submit(current(), desk) if request.method == "POST" else None
    if contact:
        return _to(contact)
    status = 422 if desk.failure else 200
    return page(request, "convert.html", status=status, desk=desk, section="objects")
