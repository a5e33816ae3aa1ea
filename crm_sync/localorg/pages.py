"""How every page of the org browser is made."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crm_sync.localorg.runtime import current

FORMS = "form-action 'self'"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    f"{FORMS}; base-uri 'none'; frame-ancestors 'none'"
)


def page(
    request: HttpRequest, template: str, *, status: int = 200, **values: object
) -> HttpResponse:
    """Return a page with what its frame needs."""
    org = current()
    values |= {"org": org, "faulty": org.faults.active, "section": values.get("section", "")}
    return render(request, f"localorg/{template}", values, status=status)
