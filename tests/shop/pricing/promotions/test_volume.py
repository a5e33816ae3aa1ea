"""The built-in discount for big orders."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shop.core import options
from shop.core.actors import SYSTEM_ACTOR
from shop.pricing.promotions import selectors

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def amount(subtotal):
    offer = selectors.volume_discount(subtotal=Decimal(subtotal), currency="INR")
    return offer.amount if offer else Decimal(0)


@pytest.mark.req("PROM-01")
@pytest.mark.parametrize(
    ("subtotal", "expected"),
    [("0", "0"), ("999.99", "0"), ("1000.00", "0"), ("1000.01", "100.00"), ("5000", "500.00")],
)
def test_whole_subtotal_is_discounted_strictly_above_the_threshold(subtotal, expected):
    assert amount(subtotal) == Decimal(expected)


@pytest.mark.req("PROM-01")
def test_threshold_and_percent_can_be_edited_and_the_offer_switched_off():
    options.set_value("promo.volume_threshold", "500.00", SYSTEM_ACTOR, NOW)
    options.set_value("promo.volume_percent", "12.5", SYSTEM_ACTOR, NOW)
    edited = amount("600.00")
    options.set_value("promo.volume_is_active", False, SYSTEM_ACTOR, NOW)

    assert edited == Decimal("75.00")
    assert amount("600.00") == Decimal(0)


@pytest.mark.req("PROM-02")
def test_offer_explains_itself():
    offer = selectors.volume_discount(subtotal=Decimal("1500.00"), currency="INR")

    assert (offer.code, offer.label) == ("volume", "10 % off orders above ₹1,000.00")
    assert offer.explanation == ("Goods of 1500.00 are above 1000.00: 10% of 1500.00 is 150.00")
