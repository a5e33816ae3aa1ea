"""What can be done with a cart; each verb is one transaction."""

from shop.sales.cart.services.carts import (
    claim_cart,
    lock_cart,
    mark_ordered,
    merge,
    open_cart,
    repoint_carts,
)
from shop.sales.cart.services.lines import (
    accept_prices,
    add_line,
    add_to_cart,
    remove_line,
    set_quantity,
)

__all__ = [
    "accept_prices",
    "add_line",
    "add_to_cart",
    "claim_cart",
    "lock_cart",
    "mark_ordered",
    "merge",
    "open_cart",
    "remove_line",
    "repoint_carts",
    "set_quantity",
]
