"""What it costs to send a parcel, and when it arrives."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shop.directory.organization.models import Holiday
from shop.goods.shipping import selectors
from shop.goods.shipping.delivery import add_working_days
from tests.factories.pricing import ShippingMethodFactory

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)  # a Saturday


def offers(total="100.00", country="IN", currency="INR"):
    return selectors.offers(country=country, goods_total=Decimal(total), currency=currency, now=NOW)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, date(2026, 11, 21)), (1, date(2026, 11, 23)), (2, date(2026, 11, 25))],
)
def test_sundays_and_holidays_do_not_count(days, expected):
    assert add_working_days(date(2026, 11, 21), days, {date(2026, 11, 24)}) == expected


@pytest.mark.django_db
def test_delivery_dates_skip_sundays_and_holidays():
    ShippingMethodFactory(min_days=1, max_days=3)
    Holiday.objects.create(on=date(2026, 11, 24), name="Local holiday")

    offer = offers()[0]

    assert (offer.delivery_from, offer.delivery_to) == (date(2026, 11, 23), date(2026, 11, 26))


@pytest.mark.django_db
@pytest.mark.parametrize(("total", "fee"), [("498.99", "49.00"), ("499.00", "0")])
def test_shipping_is_free_from_a_goods_total(total, fee):
    ShippingMethodFactory()

    assert offers(total)[0].fee == Decimal(fee)


@pytest.mark.django_db
def test_methods_are_offered_where_they_reach_in_their_order():
    ShippingMethodFactory(code="second", position=2, countries=["IN"])
    ShippingMethodFactory(code="first", position=1)
    ShippingMethodFactory(code="abroad", countries=["GB"])
    ShippingMethodFactory(code="off", is_active=False)
    ShippingMethodFactory(code="pounds", currency="GBP")

    assert [offer.code for offer in offers()] == ["first", "second"]
    assert [offer.code for offer in offers(country="GB", currency="GBP")] == ["pounds"]
