"""Signed links: whoever holds one may see exactly one order, for a while."""

from datetime import datetime, timedelta

from django.core import signing
from django.utils.timezone import get_default_timezone

from shop.core import options
from shop.sales.orders.exceptions import LinkRefused
from shop.sales.orders.models import Order

SALT = "shop.sales.orders.links"
LONGEST_TOKEN = 300


def tracking_token(order: Order, *, now: datetime | None = None) -> str:
    """The secret part of a link that opens this order and no other."""
    issued = int((now or order.placed_at).timestamp())
    return signing.Signer(salt=SALT).sign_object({"o": order.key, "t": issued})


def order_for_token(token: str, *, now: datetime) -> Order:
    """The order that a link opens; refused when it is forged, or older than the shop allows."""
    if len(token) > LONGEST_TOKEN:
        raise LinkRefused
    try:
        facts = signing.Signer(salt=SALT).unsign_object(token)
        issued = datetime.fromtimestamp(facts["t"], tz=get_default_timezone())
        key = str(facts["o"])
    except (signing.BadSignature, ValueError, KeyError, TypeError) as problem:
        raise LinkRefused from problem
    if now - issued > timedelta(days=options.value("orders.guest_link_days")):
        raise LinkRefused
    order = Order.objects.filter(key=key).first()
    if order is None:
        raise LinkRefused
    return order
