"""What can stand in the way of an order."""

from decimal import Decimal


class OrderProblem(Exception):
    """Something about an order that has to be put right first."""


class OrderNotFound(OrderProblem):
    """No order has this number or key."""

    def __init__(self) -> None:
        super().__init__("There is no such order.")


class OrderIncomplete(OrderProblem):
    """An order needs a line, a price list and a customer before it is activated."""


class PaymentOutstanding(OrderProblem):
    """The order cannot be completed while money is open."""

    def __init__(self, open_amount: Decimal, currency: str) -> None:
        self.open_amount = open_amount
        self.currency = currency
        super().__init__(
            f"The order cannot be completed: {open_amount:.2f} {currency} is still to be paid."
        )


class GoodsOutstanding(OrderProblem):
    """The order cannot be completed while goods are on their way."""


class OrderNotActivated(OrderProblem):
    """Nothing is packed or billed for an order that is not activated."""


class StockGone(OrderProblem):
    """The goods that were held for the order are not there any more."""


class LinkRefused(OrderProblem):
    """The signed link is forged, broken or too old."""

    def __init__(self) -> None:
        super().__init__("This link is not valid any more.")
