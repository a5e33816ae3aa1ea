"""Notices when a visit begins.

A visit begins with a page that a browser opens from outside of the store: typed, from a bookmark
or through a link elsewhere. The browser itself says so (`Sec-Fetch-…`), so no cookie is set and
nothing about the visitor is kept. Programs that send no such words, bots among them, do not count.
"""

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from shop.engagement.insights import services

logger = logging.getLogger(__name__)
STOREFRONT = "storefront"
OUTSIDE = frozenset({"none", "cross-site", "same-site"})


class VisitMiddleware:
    """One cheap write with the first page of a visit, none with the pages after it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _comes_from_outside(request) and _is_page_of_the_store(request, response):
            try:
                services.count_visit(now=timezone.now())
            except DatabaseError:  # a visit that is not counted is no reason to lose the page
                logger.warning("A visit could not be counted", exc_info=True)
        return response


def _comes_from_outside(request: HttpRequest) -> bool:
    headers = request.headers
    return (
        request.method == "GET"
        and headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document"
        and headers.get("Sec-Fetch-Site") in OUTSIDE
        and "Sec-Purpose" not in headers
    )


def _is_page_of_the_store(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return response.status_code == 200 and is_page and bool(match and match.app_name == STOREFRONT)
