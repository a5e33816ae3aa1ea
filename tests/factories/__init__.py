"""Rows for tests, one module per package."""

from typing import Any

from django.db import transaction
from factory.django import DjangoModelFactory

_create_alone = DjangoModelFactory.create.__func__  # type: ignore[attr-defined]


def _create_in_transaction(cls: type[DjangoModelFactory[Any]], /, **wishes: Any) -> Any:
    with transaction.atomic():
        return _create_alone(cls, **wishes)


# Rows are written as services write them: a change mark outside a transaction is an error, also
# in a test that runs without one around it.
DjangoModelFactory.create = classmethod(_create_in_transaction)  # type: ignore[method-assign,assignment]
