"""Which records each user looked at last."""

import threading

from crm_sync.localorg import clock

MOST = 200


class Looked:
    """Remembers, while the org runs, what was asked for in order to be shown."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, dict[str, str]] = {}

    def note(self, user_id: str, record_ids: list[str]) -> None:
        """Remember that a user was shown some records just now."""
        moment = clock.stamp()
        with self._lock:
            seen = self._seen.setdefault(user_id, {})
            for each in record_ids[:MOST]:
                seen.pop(each, None)
                seen[each] = moment
            for each in list(seen)[:-MOST]:
                del seen[each]

    def of(self, user_id: str) -> dict[str, str]:
        """Return the records a user was shown, each with the moment."""
        with self._lock:
            return dict(self._seen.get(user_id, {}))
