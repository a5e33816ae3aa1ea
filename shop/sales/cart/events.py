"""News about carts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CartChangedByVisitor:
    """Lines of a cart were added, changed or removed."""

    cart_id: int
