"""Headers that keep the org's pages to themselves."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from crm_sync.localorg import views

METHOD_NOT_ALLOWED = 405
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class PageMiddleware:
    """Adds the strict headers to every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers added."""
        response = self.get_response(request)
        if response.status_code == METHOD_NOT_ALLOWED and not response.content:
            allowed = response.headers.get("Allow", "")
            response = views.only_forms(request)
            response.headers["Allow"] = allowed
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response
