"""What a transaction gathers for its commit, forgotten exactly when its savepoint is undone."""

from collections.abc import Iterator
from typing import TypeVar

from django.db import transaction


class Gathering:
    """Something that grows during a transaction, and is called once when it commits."""

    is_spent = False

    def __call__(self) -> None:
        """The transaction is committed: what comes after it gathers anew."""
        self.is_spent = True
        self.committed()

    def committed(self) -> None:
        """Do what was gathered for; nothing, where it is enough to know what stands."""


Kind = TypeVar("Kind", bound=Gathering)


def standing(kind: type[Kind]) -> Iterator[Kind]:
    """Every gathering of a kind that the running transaction would call if it committed now.

    Django drops the hooks of a savepoint that is rolled back, so what they hold still holds.
    """
    for _, hook, *_ in transaction.get_connection().run_on_commit:
        if isinstance(hook, kind) and not hook.is_spent:
            yield hook


def gather(kind: type[Kind], *, robust: bool = False) -> Kind:
    """Answer the gathering of this kind for the innermost savepoint; the first call makes it."""
    connection = transaction.get_connection()
    # A block without a savepoint of its own is named None, and cannot be rolled back alone.
    here = {name for name in connection.savepoint_ids if name}
    for savepoints, hook, *_ in connection.run_on_commit:
        is_here = {name for name in savepoints if name} == here
        if isinstance(hook, kind) and is_here and not hook.is_spent:
            return hook
    hook = kind()
    transaction.on_commit(hook, robust=robust)
    return hook
