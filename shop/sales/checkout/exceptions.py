"""What can stand between a cart and an order."""

from collections.abc import Mapping

from shop.pricing.totals.dataclasses import Totals


class CheckoutProblem(Exception):
    """Something that the buyer can put right."""


class EmptyCart(CheckoutProblem):
    """There is nothing to buy in this cart."""

    def __init__(self) -> None:
        super().__init__("Your cart is empty.")


class CheckoutExpired(CheckoutProblem):
    """This visit to the till is over, or was never the buyer's."""

    def __init__(self) -> None:
        super().__init__("This checkout is over. Please start again from your cart.")


class CartOrdered(CheckoutProblem):
    """The goods of this cart were ordered already."""

    def __init__(self, order_number: str) -> None:
        self.order_number = order_number
        super().__init__("This cart was ordered already.")


class CartChanged(CheckoutProblem):
    """The sum is not the one that the buyer has seen."""

    def __init__(self, totals: Totals) -> None:
        self.totals = totals
        super().__init__("Prices or contents have changed. Please look at the new total.")


class PurchaseRefused(CheckoutProblem):
    """Something in the form cannot be used; one message for each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{name}: {text}" for name, text in self.errors.items()))
