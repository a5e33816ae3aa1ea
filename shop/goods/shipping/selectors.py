"""Which ways of sending a parcel a customer may choose, at what fee and until when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from shop.core import options as business_options
from shop.core.dates import store_date
from shop.directory.organization import selectors as organization
from shop.goods.shipping import options
from shop.goods.shipping.delivery import add_working_days
from shop.goods.shipping.models import ShippingMethod

ZERO = Decimal(0)
# Far enough to hold the slowest method with every holiday on its way.
HORIZON = timedelta(days=120)


@dataclass(frozen=True)
class ShippingOffer:
    """One way to send this order, as the customer may choose it."""

    code: str
    name: str
    description: str
    fee: Decimal
    delivery_from: date
    delivery_to: date


def offers(
    *, country: str, goods_total: Decimal, currency: str, now: datetime
) -> list[ShippingOffer]:
    """The methods that reach a country, with fee and delivery dates for this order."""
    methods = [
        method
        for method in ShippingMethod.objects.filter(is_active=True, currency=currency).order_by(
            "position", "pk"
        )
        if not method.countries or country in method.countries
    ]
    if not methods:
        return []
    today = store_date(now)
    holidays = organization.free_days(today, today + HORIZON)
    return [
        ShippingOffer(
            code=method.code,
            name=method.name,
            description=method.description,
            fee=_fee(method, goods_total),
            delivery_from=add_working_days(today, method.min_days, holidays),
            delivery_to=add_working_days(today, method.max_days, holidays),
        )
        for method in methods
    ]


def tax_class() -> str:
    """The code of the tax class that shipping fees fall under."""
    return str(business_options.value(options.TAX_CLASS))


def _fee(method: ShippingMethod, goods_total: Decimal) -> Decimal:
    is_free = method.free_from is not None and goods_total >= method.free_from
    return ZERO if is_free else method.fee
