"""How the admin looks: the brand of the store in the words of its theme."""

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Modern Store",
    "SITE_HEADER": "Modern Store",
    "SITE_URL": "/",
    "BORDER_RADIUS": "8px",
}
