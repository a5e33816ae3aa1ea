"""Which gateways there are."""

from django.conf import settings

from shop.sales.payments.exceptions import GatewayUnavailable
from shop.sales.payments.gateways.protocol import Gateway
from shop.sales.payments.gateways.testpay import TestPay

_GATEWAYS: dict[str, Gateway] = {TestPay.code: TestPay()}


def find_gateway(code: str) -> Gateway | None:
    """The gateway with this code, if it may be used in this shop."""
    if code == TestPay.code and not settings.PAYMENTS_TEST_GATEWAY:
        return None
    return _GATEWAYS.get(code)


def gateway_for(code: str) -> Gateway:
    """The gateway with this code."""
    gateway = find_gateway(code)
    if gateway is None:
        raise GatewayUnavailable(f"There is no payment service called {code or 'so'}.")
    return gateway
