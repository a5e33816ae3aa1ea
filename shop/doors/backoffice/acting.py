"""Who does what in the back office, for timelines and the audit trail."""

from __future__ import annotations

from django.http import HttpRequest

from shop.core.actors import Actor
from shop.directory.access import selectors as access

CHANNEL = "admin"


def actor_of(request: HttpRequest) -> Actor:
    """The person at the desk."""
    return access.actor_for(request.user, channel=CHANNEL)
