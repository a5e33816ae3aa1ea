"""What can be wrong with a wish to buy."""

from dataclasses import dataclass


class CartProblem(Exception):
    """Something about the cart that its owner can put right."""


class QuantityRefused(CartProblem):
    """The quantity is not a whole number of at least one."""


class StockLimitExceeded(CartProblem):
    """The cart would hold more units than one cart may."""

    def __init__(self) -> None:
        super().__init__("Stock limit exceeded!")


class NotSellable(CartProblem):
    """The variant does not exist, is hidden, or has no price."""

    def __init__(self) -> None:
        super().__init__("This item is not for sale.")


class NotEnoughStock(CartProblem):
    """Fewer units are left than were asked for."""

    def __init__(self, available: int) -> None:
        self.available = available
        left = "This item is sold out." if available < 1 else f"Only {available} left in stock."
        super().__init__(left)


class CartNotFound(CartProblem):
    """No open cart has this key."""

    def __init__(self) -> None:
        super().__init__("This cart does not exist any more.")


class LineNotFound(CartProblem):
    """The line is not in this cart."""

    def __init__(self) -> None:
        super().__init__("This item is not in the cart any more.")


@dataclass(frozen=True)
class Capped:
    """A line that could not be merged in full."""

    variant_id: int
    wanted: int
    kept: int
    reason: str
