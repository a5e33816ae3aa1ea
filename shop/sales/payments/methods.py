"""The ways to pay that this shop knows, and which of them a purchase may use."""

from dataclasses import dataclass
from decimal import Decimal

from shop.core import options
from shop.sales.payments.gateways.registry import find_gateway

CARD = "card"
CASH_ON_DELIVERY = "cod"


@dataclass(frozen=True)
class PaymentMethod:
    """One way to pay, in the words of the checkout."""

    code: str
    label: str
    description: str
    gateway: str = ""

    @property
    def needs_redirect(self) -> bool:
        """Whether the customer pays on a page of the gateway."""
        return bool(self.gateway)


METHODS: dict[str, PaymentMethod] = {
    method.code: method
    for method in (
        PaymentMethod(
            code=CARD,
            label="Card or UPI",
            description="Pay now on the secure page of our payment service.",
            gateway="testpay",
        ),
        PaymentMethod(
            code=CASH_ON_DELIVERY,
            label="Cash on delivery",
            description="Pay in cash when the parcel arrives.",
        ),
    )
}


def available_methods(
    *, currency: str, grand_total: Decimal, country: str
) -> tuple[PaymentMethod, ...]:
    """The ways to pay that are offered for a purchase of this size to this country."""
    offered = []
    if options.value("payments.card_is_active") and find_gateway(METHODS[CARD].gateway):
        offered.append(METHODS[CARD])
    is_small = grand_total <= options.value("payments.cod_max_amount")
    is_domestic = country == "IN" and currency == "INR"
    if options.value("payments.cod_is_active") and is_small and is_domestic:
        offered.append(METHODS[CASH_ON_DELIVERY])
    return tuple(offered)


def method_label(code: str) -> str:
    """How pages name a way to pay."""
    method = METHODS.get(code)
    return method.label if method else code
