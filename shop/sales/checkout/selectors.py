"""Questions about visits to the till."""

from datetime import datetime

from shop.core.statements import Statement
from shop.goods.inventory.models import Reservation
from shop.sales.checkout.models import Checkout, CheckoutState

OPEN = Statement(
    lambda cart_id: Checkout.objects.filter(cart_id=cart_id, state=CheckoutState.OPEN),
)
UNITS_HELD = Statement(
    lambda holder: Reservation.objects.filter(
        holder=holder, state=Reservation.State.HELD
    ).values_list("stock_item__variant_id", "quantity")
)


def find_checkout(key: str) -> Checkout | None:
    """The visit with this key, or nothing."""
    if len(key) != 26:
        return None
    return Checkout.objects.select_related("cart").filter(key=key).first()


def open_checkout_of(cart_id: int) -> Checkout | None:
    """The open visit of a cart, or nothing."""
    return OPEN.one(cart_id=cart_id)


def held_units(cart_id: int, now: datetime) -> dict[int, int]:
    """Units by variant that are held for a cart right now."""
    return units_held_in(open_checkout_of(cart_id))


def units_held_in(checkout: Checkout | None) -> dict[int, int]:
    """Units by variant that a visit holds."""
    if checkout is None:
        return {}
    units: dict[int, int] = {}
    for variant_id, quantity in UNITS_HELD.all(holder=checkout.key):
        units[variant_id] = units.get(variant_id, 0) + quantity
    return units
