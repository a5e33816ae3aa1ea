"""The delivery that is promised before an address is known: on the product page and in the cart."""

from datetime import datetime
from decimal import Decimal

from shop.core.dates import store_date
from shop.doors.storefront.memory import kept, store_facts
from shop.goods.shipping import selectors as shipping
from shop.goods.shipping.selectors import ShippingOffer


def first_offer(*, goods: Decimal, now: datetime) -> ShippingOffer | None:
    """The first way of delivery with its fee and days; nothing where no way is offered."""
    store, today = store_facts(), store_date(now)
    promises = kept(
        f"delivery.{today}",
        lambda: shipping.promises(country=store.country, currency=store.currency, on=today),
    )
    return promises[0].offer(goods) if promises else None
