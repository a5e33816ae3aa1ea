"""Channels that are records: push topics, and channels for messages of any content."""

from crm_sync.localorg.store.database import Store
from crm_sync.localorg.streaming.channels import OBJECTS, Channel


def _named(kind: str, name: str) -> str:
    return f"/topic/{name}" if kind == "topic" else name


class Recorded:
    """Finds such channels; their events are kept under the id, so a name may change."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _first(self, sql: str, *params: str) -> tuple[str, str] | None:
        with self._store.read() as connection:
            row = connection.execute(sql, params).fetchone()
        return (str(row[0]), str(row[1])) if row else None

    def find(self, name: str) -> Channel | None:
        """Return a channel by the name that clients subscribe to, in whatever case."""
        kind = name.split("/")[1] if name.startswith("/") else ""
        table = OBJECTS.get(kind)
        if table is None:
            return None
        sql = f"SELECT Id, Name FROM {table} WHERE Name = ? AND IsDeleted = 0"
        found = self._first(sql, name.removeprefix("/topic/") if kind == "topic" else name)
        if found is None:
            return None
        return Channel(_named(kind, found[1]), (f"/{kind}/{found[0]}",))

    def query(self, channel: Channel) -> str:
        """Return the statement of a push topic."""
        sql = "SELECT Id, Query FROM PushTopic WHERE Id = ?"
        found = self._first(sql, channel.sources[0].rpartition("/")[2])
        return found[1] if found else ""

    def label(self, source: str) -> str:
        """Return the name of the channel whose events are kept under an id."""
        _, kind, rest = source.split("/", 2)
        table = OBJECTS.get(kind)
        sql = f"SELECT Id, Name FROM {table} WHERE Id = ?"
        found = self._first(sql, rest) if table else None
        return _named(kind, found[1]) if found else source
