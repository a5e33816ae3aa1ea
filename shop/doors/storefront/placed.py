"""Which orders this browser placed: what lets a guest see the thank-you page."""

from __future__ import annotations

from django.http import HttpRequest

SESSION_KEY = "placed_orders"
REMEMBERED = 10


def remember_placed(request: HttpRequest, number: str) -> None:
    """Keep the number in the session; only the last few, so the session stays small."""
    numbers: list[str] = request.session.get(SESSION_KEY, [])
    if number not in numbers:
        request.session[SESSION_KEY] = [*numbers, number][-REMEMBERED:]


def has_placed(request: HttpRequest, number: str) -> bool:
    """Whether this very browser placed the order."""
    return number in request.session.get(SESSION_KEY, [])
