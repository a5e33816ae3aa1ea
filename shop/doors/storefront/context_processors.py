"""What the frame around every page shows. Nothing is asked before a template asks for it."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest


@dataclass
class Frame:
    """Store facts, menu and cart count of one page."""

    request: HttpRequest
    store: dict[str, str] = field(
        default_factory=lambda: {"name": "Modern Store", "legal_name": ""}
    )
    menu: tuple[Any, ...] = ()
    cart_count: int = 0
    notice: str = ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Offer the frame to every template."""
    return {"frame": Frame(request)}
