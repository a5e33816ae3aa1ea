"""Headers that keep the org's pages to themselves."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from crm_sync.localorg import views
from crm_sync.localorg.local.switches import LOOPBACK, names_this_machine
from crm_sync.localorg.pages import POLICY

METHOD_NOT_ALLOWED = 405


def _is_stranger(request: HttpRequest) -> bool:
    """Say whether a name that somebody else owns was made to lead to this machine."""
    host = f"{request.scheme}://{request.META.get('HTTP_HOST', '')}"
    return request.META.get("SERVER_ADDR") in LOOPBACK and not names_this_machine(host)


class PageMiddleware:
    """Adds the strict headers to every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers added."""
        response = views.stranger(request) if _is_stranger(request) else self.get_response(request)
        if response.status_code == METHOD_NOT_ALLOWED and not response.content:
            allowed = response.headers.get("Allow", "")
            response = views.only_forms(request)
            response.headers["Allow"] = allowed
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response
