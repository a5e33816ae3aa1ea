"""What every request carries: one correlation id and one reading of the settings."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from shop.core import options
from shop.core.actors import bind_correlation_id


class RequestContextMiddleware:
    """Bind the request's id and read the business settings once for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with bind_correlation_id(getattr(request, "correlation_id", "")), options.snapshot():
            return self.get_response(request)
