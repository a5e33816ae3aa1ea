"""Counts and times every request by the name of its view."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from shop.platform.operations.metrics import request_seconds, requests_total


class MetricsMiddleware:
    """Figures by view name, never by address: addresses would grow without bound."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = (match.view_name or match.func.__name__) if match else "unknown"
        requests_total.labels(request.method, view, str(response.status_code)).inc()
        request_seconds.labels(view).observe(time.perf_counter() - began)
        return response
