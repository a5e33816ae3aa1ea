"""Keys that may be shown: ULIDs for rows, short random numbers for orders."""

import secrets
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from shop.core.dates import store_date

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY_LENGTH = 26
RANDOM_BITS = 80
NUMBER_TAIL = 6


def new_key() -> str:
    """Make a ULID: sorted by time of creation, not to be guessed."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)
    return "".join(CROCKFORD[(value >> shift) & 31] for shift in range(125, -1, -5))


def new_order_number(now: datetime) -> str:
    """Draw an order number: the store date and six random characters."""
    tail = "".join(secrets.choice(CROCKFORD) for _ in range(NUMBER_TAIL))
    return f"{store_date(now):%y%m%d}-{tail}"


if TYPE_CHECKING:
    # To the type checker this is Django's own column; only its defaults differ.
    KeyField = models.CharField
else:

    class KeyField(models.CharField):
        """The name of a row in addresses, files, the API and other systems; set once."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs.setdefault("max_length", KEY_LENGTH)
            kwargs.setdefault("unique", True)
            kwargs.setdefault("default", new_key)
            kwargs.setdefault("editable", False)
            super().__init__(*args, **kwargs)

        def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
            """Always say whether it is unique: in a history table it is not."""
            name, path, args, kwargs = super().deconstruct()
            kwargs["unique"] = self.unique
            return name, path, args, kwargs
