"""Which ways of sending a parcel a customer may choose, at what fee and until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from shop.core import options as business_options
from shop.core import request_memory
from shop.core.dates import store_date
from shop.core.statements import Statement
from shop.directory.organization import selectors as organization
from shop.goods.shipping import options
from shop.goods.shipping.delivery import add_working_days
from shop.goods.shipping.models import ShippingMethod

ZERO = Decimal(0)
# Far enough to hold the slowest method with every holiday on its way.
HORIZON = timedelta(days=120)

ACTIVE = Statement(
    lambda currency: ShippingMethod.objects.filter(is_active=True, currency=currency).order_by(
        "position", "pk"
    )
)


@dataclass(frozen=True)
class ShippingOffer:
    """One way to send this order, as the customer may choose it."""

    code: str
    name: str
    description: str
    fee: Decimal
    delivery_from: date
    delivery_to: date


@dataclass(frozen=True)
class ShippingPromise:
    """A way of sending with its days, whatever the order costs."""

    method: ShippingMethod
    delivery_from: date
    delivery_to: date

    def offer(self, goods_total: Decimal) -> ShippingOffer:
        """The same with the fee for goods of this worth."""
        free_from = self.method.free_from
        is_free = free_from is not None and goods_total >= free_from
        return ShippingOffer(
            code=self.method.code,
            name=self.method.name,
            description=self.method.description,
            fee=ZERO if is_free else self.method.fee,
            delivery_from=self.delivery_from,
            delivery_to=self.delivery_to,
        )


def offers(
    *, country: str, goods_total: Decimal, currency: str, now: datetime
) -> list[ShippingOffer]:
    """The methods that reach a country, with fee and delivery dates for this order."""
    found = promises(country=country, currency=currency, on=store_date(now))
    return [promise.offer(goods_total) for promise in found]


def promises(*, country: str, currency: str, on: date) -> tuple[ShippingPromise, ...]:
    """The methods that reach a country, with the days a parcel handed over on a day takes.

    A request that sums one cart up several times reads them once.
    """
    return request_memory.remember(
        f"shipping.{country}.{currency}.{on}", lambda: _read(country, currency, on)
    )


def _read(country: str, currency: str, on: date) -> tuple[ShippingPromise, ...]:
    methods = [
        method
        for method in ACTIVE.all(currency=currency)
        if not method.countries or country in method.countries
    ]
    holidays = organization.free_days(on, on + HORIZON) if methods else frozenset()
    return tuple(
        ShippingPromise(
            method=method,
            delivery_from=add_working_days(on, method.min_days, holidays),
            delivery_to=add_working_days(on, method.max_days, holidays),
        )
        for method in methods
    )


def tax_class() -> str:
    """The code of the tax class that shipping fees fall under."""
    return str(business_options.value(options.TAX_CLASS))
