"""Who may look at the synchronisation, and who may act on it."""

from typing import Any


def may_view(user: Any) -> bool:
    """Staff who may see jobs may see what Salesforce knows."""
    return bool(user.is_active and user.has_perm("crm_sync.view_syncjob"))


def may_operate(user: Any) -> bool:
    """Whether this person may test, replay and put aside."""
    return bool(user.is_active and user.has_perm("crm_sync.change_syncjob"))
