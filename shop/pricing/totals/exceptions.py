"""Why a total could not be made."""

from collections.abc import Sequence


class UnsellableLines(Exception):
    """Lines that cannot be sold now: gone, hidden, or without a price."""

    def __init__(self, variant_ids: Sequence[int]) -> None:
        self.variant_ids = tuple(variant_ids)
        super().__init__(f"Cannot be sold now: variants {list(self.variant_ids)}")


class ShippingNotOffered(Exception):
    """The chosen way of sending does not reach the address, or is no longer offered."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"Shipping method {code} is not offered here")
