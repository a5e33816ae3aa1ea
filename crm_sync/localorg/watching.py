"""The page on which events are watched as they are published."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from crm_sync.localorg.face import events as face
from crm_sync.localorg.numbers import whole
from crm_sync.localorg.pages import POLICY, page
from crm_sync.localorg.runtime import current

LIVE = f"{POLICY}; script-src 'self'; connect-src 'self'"
RESET_CONTENT = 205


def _replay(text: str) -> int:
    return whole(text, 0, digits=18)


def _news(request: HttpRequest, channel: str) -> HttpResponse:
    """Return what came after the last event that a page shows."""
    org = current()
    after = _replay(request.GET.get("after", ""))
    if after > org.events.last():
        # The org was reset or restored meanwhile: counting began afresh, the page has to as well.
        return HttpResponse(status=RESET_CONTENT)
    found = face.lines(org, channel, after=after)
    return page(request, "parts/events.html", lines=found)


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Show the kept events, newest first, and go on showing new ones."""
    channel = request.GET.get("channel", "").strip()[:200]
    if request.GET.get("part") == "rows":
        response = _news(request, channel)
        response.headers["Cache-Control"] = "no-store"
        return response
    before = _replay(request.GET.get("before", ""))
    known = not channel or face.is_channel(current(), channel)
    tail = face.tail(current(), channel, before)
    values = {"tail": tail, "live": known and not before, "known": known, "section": "events"}
    response = page(request, "events.html", status=200 if known else 404, **values)
    if known and not before:
        response.headers["Content-Security-Policy"] = LIVE
    return response
