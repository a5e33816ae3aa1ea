"""News about carts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CartChanging:
    """Lines of a cart change in this transaction: what is held for them has to be let go."""

    cart_id: int
    occurred_at: datetime
