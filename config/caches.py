"""What is remembered for a moment: by all processes together, and by each for itself."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache

REDIS = "django.core.cache.backends.redis.RedisCache"


def configure(redis_url: str) -> dict[str, dict[str, Any]]:
    """What all processes share, and what each remembers for itself."""
    shared = {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Limits live here: with the usual 300 entries, a crowd of addresses would wipe them out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
    return {
        "default": {"BACKEND": REDIS, "LOCATION": redis_url} if redis_url else shared,
        "fragments": {
            "BACKEND": "config.caches.ObjectMemory",
            "LOCATION": "fragments",
            "OPTIONS": {"MAX_ENTRIES": 2000},
        },
        # Of its own, so that a crowd of visitors does not push the fragments out.
        "visitors": {
            "BACKEND": "config.caches.ObjectMemory",
            "LOCATION": "visitors",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        },
    }


class ObjectMemory(LocMemCache):
    """Keeps values without copying them, so that reading one costs next to nothing.

    Everybody gets the same object: only what nobody ever changes belongs here.
    """

    # What the parent keeps to itself, for the type checker.
    _lock: AbstractContextManager[Any]
    _cache: OrderedDict[str, Any]
    _has_expired: Callable[[str], bool]
    _delete: Callable[[str], bool]
    _set: Callable[..., None]

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Keep a value where none is kept yet."""
        name = self.make_and_validate_key(key, version=version)
        with self._lock:
            is_free: bool = self._has_expired(name)
            if is_free:
                self._set(name, value, timeout)
        return is_free

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Answer the very object that was kept."""
        name = self.make_and_validate_key(key, version=version)
        with self._lock:
            if self._has_expired(name):
                self._delete(name)
                return default
            self._cache.move_to_end(name, last=False)
            return self._cache[name]

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Keep a value, in place of the one before."""
        name = self.make_and_validate_key(key, version=version)
        with self._lock:
            self._set(name, value, timeout)
