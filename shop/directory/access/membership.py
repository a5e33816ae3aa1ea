"""Which roles a user has, asked once for each loaded user."""

from typing import Any

_ROLES = "_role_names"


def roles_of(user: Any) -> frozenset[str]:
    """Answer the names of a user's roles; asked once for each loaded user."""
    if not getattr(user, "is_authenticated", False):
        return frozenset()
    if _ROLES not in user.__dict__:
        user.__dict__[_ROLES] = frozenset(user.groups.values_list("name", flat=True))
    names: frozenset[str] = user.__dict__[_ROLES]
    return names


def forget_roles(user: Any) -> None:
    """Ask again, because a role was given or taken."""
    user.__dict__.pop(_ROLES, None)
