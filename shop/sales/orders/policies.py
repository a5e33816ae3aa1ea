"""Who may see and change which orders."""

from typing import Protocol


class Viewer(Protocol):
    """Somebody who is signed in, or not."""

    is_active: bool
    is_superuser: bool
    pk: object

    def has_perm(self, perm: str) -> bool: ...


def sees_all_orders(user: object) -> bool:
    """Whether somebody works with the orders of everybody."""
