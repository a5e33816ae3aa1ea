"""What the checkout does when it hears news about carts and stock."""

from shop.core.events import subscribe
from shop.goods.inventory.events import ReservationsExpired
from shop.sales.cart.events import CartChanging
from shop.sales.checkout import selectors, services
from shop.sales.checkout.models import Checkout, CheckoutState


def let_go_of_goods(event: CartChanging) -> None:
    """Put what is held for a cart back on sale when its lines change."""
    if selectors.open_checkout_of(event.cart_id) is not None:
        services.let_go(cart_id=event.cart_id, now=event.occurred_at)


def note_expiry(event: ReservationsExpired) -> None:
    """End the visits whose goods went back on sale."""
    Checkout.objects.filter(key__in=event.holders, state=CheckoutState.OPEN).update(
        state=CheckoutState.EXPIRED
    )


def connect() -> None:
    """Listen."""
    subscribe(CartChanging, let_go_of_goods)
    subscribe(ReservationsExpired, note_expiry)
