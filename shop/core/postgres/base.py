"""Django's PostgreSQL backend; only how often it looks after its connections is our own."""

import time
from typing import Any

from django.db.backends.postgresql import base

SECONDS_TRUSTED = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that answered a moment ago is not asked again before each request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answered_at = float("-inf")

    def is_usable(self) -> bool:
        """Ask the server, unless nothing went wrong and it answered within some seconds."""
        now = time.monotonic()
        is_trusted = now - self.answered_at < SECONDS_TRUSTED
        if self.connection is not None and is_trusted and not self.errors_occurred:
            return True
        usable = bool(super().is_usable())
        self.answered_at = now if usable else float("-inf")
        return usable
