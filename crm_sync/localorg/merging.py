"""Pages of the org browser that merge records."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm_sync.localorg import ids
from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.face import merging
from crm_sync.localorg.pages import page as show
from crm_sync.localorg.runtime import current
from crm_sync.localorg.schema.model import SObject


def _owner(record_id: str) -> tuple[SObject, str]:
    full = ids.normalize(record_id)
    owner = current().schema.of_id(full) if full else None
    if owner is None or full is None or not merging.can_merge(owner):
        raise Http404
    return owner, full


def _find(request: HttpRequest, owner: SObject, full: str, failure: str = "") -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    page = merging.search(current(), owner, full, words)
    values = {"page": page, "failure": failure, "section": "objects"}
    return show(request, "merge_find.html", status=422 if failure else 200, **values)


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, record_id: str) -> HttpResponse:
    """Find the records to merge, decide field by field, and merge."""
    owner, full = _owner(record_id)
    sent = request.POST if request.method == "POST" else request.GET
    try:
        others = merging.named(owner, [str(each) for each in sent.getlist("with")], full)
        if not others:
            return _find(request, owner, full)
        page = merging.merger(current(), owner, full, others)
    except SalesforceError as error:
        if error.code == "NOT_FOUND":
            raise Http404 from error
        return _find(request, owner, full, error.message)
    if request.method == "POST":
        posted = {key: str(value) for key, value in request.POST.items()}
        if merging.submit(current(), page, posted):
            return HttpResponseRedirect(reverse("record", args=[full]))
    status = 422 if page.failure else 200
    return show(request, "merge.html", status=status, page=page, section="objects")
