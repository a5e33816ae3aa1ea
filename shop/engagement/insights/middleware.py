"""Notices when a visit begins, and when a visitor looks at a product.

A visit begins with a page that a browser opens from outside of the store: typed, from a bookmark
or through a link elsewhere. The browser itself says so (`Sec-Fetch-…`), so no cookie is set and
nothing about the visitor is kept (what tells visitors apart for a day: `viewers`). Programs that
send no such words, bots among them, do not count.
"""

import logging
from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from shop.engagement.insights import services

logger = logging.getLogger(__name__)
STOREFRONT = "storefront"
PRODUCT = "product"
OUTSIDE = frozenset({"none", "cross-site", "same-site"})


class VisitMiddleware:
    """One cheap write with the first page and the first product of a visit, else none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_opened_page(request) and _is_page_of_the_store(request, response):
            try:
                _count(request)
            except DatabaseError:  # a visit that is not counted is no reason to lose the page
                logger.warning("A visit could not be counted", exc_info=True)
        return response


def _count(request: HttpRequest) -> None:
    now = timezone.now()
    if request.headers["Sec-Fetch-Site"] in OUTSIDE:
        services.count_visit(now=now)
    match = request.resolver_match
    if match and match.url_name == PRODUCT:
        browser = request.headers.get("User-Agent", "")
        services.count_product_view(address=_address(request), browser=browser, now=now)


def _address(request: HttpRequest) -> str:
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # behind no socket, as in a test: there is no address
        return ""


def _is_opened_page(request: HttpRequest) -> bool:
    headers = request.headers
    return (
        request.method == "GET"
        and headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document"
        and "Sec-Fetch-Site" in headers
        and "Sec-Purpose" not in headers
    )


def _is_page_of_the_store(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return response.status_code == 200 and is_page and bool(match and match.app_name == STOREFRONT)
