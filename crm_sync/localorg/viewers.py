"""How each user sees the schema: an administrator all of it, others by permission sets."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crm_sync.localorg.schema.access import (
    AUDIT_RIGHT,
    Grants,
    narrowed,
    read_grants,
    with_audit_fields,
)
from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.schema.source import Component
from crm_sync.localorg.store.database import Store

ADMINISTRATOR = "System Administrator"
INTEGRATION = "Minimum Access - API Only Integrations"
ASSIGNED = (
    "SELECT s.Name FROM PermissionSetAssignment a JOIN PermissionSet s ON s.Id = a.PermissionSetId "
    "WHERE a.AssigneeId = ? AND a.IsDeleted = 0 AND s.IsDeleted = 0"
)
PROFILE = "SELECT p.Name FROM User u JOIN Profile p ON p.Id = u.ProfileId WHERE u.Id = ?"


@dataclass(frozen=True, slots=True)
class View:
    """One user's part of the org; without grants the user is an administrator."""

    schema: Schema
    grants: Grants | None = None

    def has(self, right: str) -> bool:
        """Say whether the user holds a right."""
        return self.grants is None or right in self.grants.rights


class Viewers:
    """Works out views and keeps them until users, permissions or the schema change."""

    def __init__(
        self,
        store: Store,
        schema: Callable[[], Schema],
        components: Callable[[], Iterable[Component]],
        *,
        audit_fields: bool,
    ) -> None:
        self._store = store
        self._schema = schema
        self._components = components
        self._audit_fields = audit_fields
        self._lock = threading.Lock()
        self._views: dict[str, View] = {}

    def forget(self) -> None:
        """Work the views out again when they are next asked for."""
        with self._lock:
            self._views = {}

    def of(self, user_id: str) -> View:
        """Return a user's view; nobody in particular sees everything."""
        found = self._views.get(user_id)
        if found is None:
            views = self._views
            found = self._make(user_id)
            views[user_id] = found
        return found

    def _make(self, user_id: str) -> View:
        schema = self._schema()
        if not user_id:
            return View(schema)
        with self._store.read() as connection:
            profile = connection.execute(PROFILE, (user_id,)).fetchone()
            names = frozenset(row[0] for row in connection.execute(ASSIGNED, (user_id,)))
        grants = None
        if profile is not None and profile[0] != ADMINISTRATOR:
            grants = read_grants(self._components(), names, profile[0])
            schema = narrowed(schema, grants)
        view = View(schema, grants)
        if self._audit_fields and view.has(AUDIT_RIGHT):
            view = View(with_audit_fields(schema), grants)
        return view
