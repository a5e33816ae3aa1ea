"""The page for limits, faults, reset and snapshots: the switches of `/_local/` for people."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from crm_sync.localorg.face import switches as face
from crm_sync.localorg.local.switches import is_from_here
from crm_sync.localorg.org import Org
from crm_sync.localorg.pages import page
from crm_sync.localorg.runtime import current

DONE = {
    "fault": "The fault is switched on.",
    "off": "Switched off.",
    "limit": "The limit is set, and counting begins afresh.",
    "reset": "The org is as in its first minute.",
    "snapshot": "All records are kept.",
    "restore": "The records of the snapshot are back.",
}
MOST_TEXT = 200


def _may_switch(request: HttpRequest) -> bool:
    """Say whether the switches are open to the one who asks, exactly as in JSON."""
    host = f"{request.scheme}://{request.META.get('HTTP_HOST', '')}"
    peer = str(request.META.get("REMOTE_ADDR", ""))
    return is_from_here(peer, host, request.headers.get("Origin", ""))


def _show(request: HttpRequest, form: face.Form, status: int = 200) -> HttpResponse:
    values = {
        "page": face.page(current(), form),
        "may_switch": _may_switch(request),
        "done": DONE.get(request.GET.get("done", ""), ""),
        "section": "health",
    }
    return page(request, "health.html", status=status, **values)


def _switch(request: HttpRequest, name: str, act: Callable[[Org, face.Form], None]) -> HttpResponse:
    if not _may_switch(request):
        return _show(request, face.Form(), 403)
    sent = {key: str(value).strip()[:MOST_TEXT] for key, value in request.POST.items()}
    form = face.Form(name, sent)
    act(current(), form)
    if form.problems:
        return _show(request, form, 422)
    return HttpResponseRedirect(f"{reverse('health')}?done={name}")


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Show limits, faults and snapshots."""
    return _show(request, face.Form())


@require_POST
def add_fault(request: HttpRequest) -> HttpResponse:
    """Switch a fault on."""
    return _switch(request, "fault", face.add_fault)


@require_POST
def faults_off(request: HttpRequest) -> HttpResponse:
    """Switch one fault off, or all of them."""
    return _switch(request, "off", face.faults_off)


@require_POST
def set_limit(request: HttpRequest) -> HttpResponse:
    """Set a limit."""
    return _switch(request, "limit", face.set_limit)


@require_POST
def reset(request: HttpRequest) -> HttpResponse:
    """Return to the first minute."""
    return _switch(request, "reset", face.reset)


@require_POST
def snapshot(request: HttpRequest) -> HttpResponse:
    """Keep all records under a name."""
    return _switch(request, "snapshot", face.snapshot)


@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Return to the records of a snapshot."""
    return _switch(request, "restore", face.restore)
