"""What a transaction gathers for its commit, forgotten exactly when its savepoint is undone."""

from collections.abc import Iterator
from typing import Protocol, TypeVar

from django.db import transaction


class Hook(Protocol):
    """Something that is called once when the transaction commits."""

    def __call__(self) -> None:
        """Do what was gathered for."""


Kind = TypeVar("Kind", bound=Hook)


def standing(kind: type[Kind]) -> Iterator[Kind]:
    """Every hook of a kind that the running transaction would call if it committed now.

    Django drops the hooks of a savepoint that is rolled back, so what they hold still holds.
    """
    for _, hook, *_ in transaction.get_connection().run_on_commit:
        if isinstance(hook, kind):
            yield hook


def gather(kind: type[Kind], *, robust: bool = False) -> Kind:
    """Answer the hook of this kind for the innermost open savepoint; the first call makes it."""
    connection = transaction.get_connection()
    # A block without a savepoint of its own is named None, and cannot be rolled back alone.
    here = {name for name in connection.savepoint_ids if name}
    for savepoints, hook, *_ in connection.run_on_commit:
        if isinstance(hook, kind) and {name for name in savepoints if name} == here:
            return hook
    hook = kind()
    transaction.on_commit(hook, robust=robust)
    return hook
