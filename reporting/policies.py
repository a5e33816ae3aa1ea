"""Who may read reports."""

from __future__ import annotations

from typing import Any

from shop.directory.access import policies as access


def can_view_reports(user: Any) -> bool:
    """Managers, admins and auditors; nobody else sees the figures of the whole shop."""
    return bool(
        user.is_authenticated
        and user.is_active
        and user.is_staff
        and (user.is_superuser or access.is_manager(user) or access.has_role(user, "Auditor"))
    )
