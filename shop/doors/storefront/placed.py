"""Which orders this browser placed: what lets a guest see the thank-you page.

The numbers are kept in a signed cookie of the browser, so that a guest who buys needs no session.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

COOKIE = "placed"
COOKIE_SALT = "storefront.placed"
REMEMBERED = 5


def remember_placed(request: HttpRequest, response: HttpResponseBase, number: str) -> None:
    """Keep the number in a guest's browser; a customer's orders are found by the customer."""
    if request.user.is_authenticated:
        return
    numbers = [known for known in _numbers(request) if known != number]
    response.set_signed_cookie(
        COOKIE,
        " ".join([*numbers, number][-REMEMBERED:]),
        salt=COOKIE_SALT,
        max_age=settings.SESSION_COOKIE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def has_placed(request: HttpRequest, number: str) -> bool:
    """Whether this very browser placed the order."""
    return number in _numbers(request)


def _numbers(request: HttpRequest) -> list[str]:
    value = request.get_signed_cookie(
        COOKIE, default="", salt=COOKIE_SALT, max_age=settings.SESSION_COOKIE_AGE
    )
    return (value or "").split()
