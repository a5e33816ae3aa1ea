"""Functions that statements need and the store does not have."""

import sqlite3
from collections.abc import Callable
from zoneinfo import ZoneInfo

from crm_sync.localorg import clock
from crm_sync.localorg.formula.places import distance
from crm_sync.localorg.soql import letters, locales, words

LOCAL, DISTANCE, SHOWN, HOLDS = "_local", "_distance", "_shown", "_holds"


def _local(zone: ZoneInfo) -> Callable[[str | None], str | None]:
    def local(text: str | None) -> str | None:
        if text is None:
            return None
        return clock.parse_datetime(text).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")

    return local


def install(connection: sqlite3.Connection, zone: ZoneInfo) -> None:
    """Make the functions known to a connection."""
    add = connection.create_function
    add(letters.FOLD, 1, letters.fold, deterministic=True)
    add(DISTANCE, 4, distance, deterministic=True)
    add(LOCAL, 1, _local(zone), deterministic=True)
    add(SHOWN, 4, lambda *facts: locales.show(zone, *facts), deterministic=True)
    add(HOLDS, 2, words.holds, deterministic=True)
