"""What browsers may do with our pages; config.middleware adds the admin's exceptions."""

from collections.abc import Sequence
from typing import Any

from csp.constants import NONCE

# Powers of a browser that no page of the store asks for.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "serial")
}


def content_policy(form_targets: Sequence[str] = ()) -> dict[str, Any]:
    """Everything from our own host; the nonce is for the few scripts in a page's head."""
    return {
        "DIRECTIVES": {
            "default-src": ["'self'"],
            "script-src": ["'self'", NONCE],
            "style-src": ["'self'"],
            "img-src": ["'self'", "data:"],
            "object-src": ["'none'"],
            "base-uri": ["'self'"],
            "form-action": ["'self'", *form_targets],
            "frame-ancestors": ["'none'"],
        }
    }
