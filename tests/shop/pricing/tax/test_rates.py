"""Tax rates and their periods."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from shop.pricing.tax import selectors
from shop.pricing.tax.models import TaxRate
from tests.factories.catalog import TaxClassFactory
from tests.factories.orders import placed_order
from tests.factories.pricing import TaxRateFactory, sellable_variant

pytestmark = pytest.mark.django_db


def rate_on(day, code="standard", country="IN"):
    return selectors.rates_on(tax_class_codes=[code], country=country, on=day).get(code)


@pytest.mark.req("TAX-01")
def test_rate_of_next_month_is_not_the_rate_of_today():
    TaxRateFactory()
    TaxRateFactory(valid_from=date(2026, 12, 1), rate=Decimal(20))

    assert rate_on(date(2026, 11, 30)) == Decimal(18)
    assert rate_on(date(2026, 12, 1)) == Decimal(20)


@pytest.mark.req("TAX-01")
def test_rate_ends_with_its_last_day():
    code = TaxClassFactory(code="festival").code
    TaxRate.objects.create(
        tax_class=TaxClassFactory(code=code),
        country="IN",
        rate=Decimal(5),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 1, 31),
    )

    assert rate_on(date(2026, 1, 31), code) == Decimal(5)
    assert rate_on(date(2026, 2, 1), code) is None


@pytest.mark.req("TAX-01")
def test_new_shop_knows_the_rates_in_force_before_and_after_the_reform():
    # Once more, for a database that another test has emptied; it does nothing to a fresh one.
    import_module("shop.goods.catalog.migrations.0002_tax_classes").add_tax_classes(apps, None)
    import_module("shop.pricing.tax.migrations.0002_indian_rates").add_rates(apps, None)

    assert rate_on(date(2026, 11, 21), "standard") == Decimal(18)
    assert rate_on(date(2026, 11, 21), "reduced") == Decimal(5)
    assert rate_on(date(2025, 9, 21), "luxury") == Decimal(28)
    assert rate_on(date(2025, 9, 22), "luxury") == Decimal(40)
    assert rate_on(date(2026, 11, 21), "zero") == Decimal(0)


def test_other_countries_have_their_own_rates():
    TaxRateFactory()
    TaxRateFactory(country="GB", rate=Decimal(20))

    assert rate_on(date(2026, 11, 21), country="GB") == Decimal(20)
    assert rate_on(date(2026, 11, 21), country="FR") is None


@pytest.mark.req("TAX-01")
def test_new_rate_leaves_placed_orders_as_they_are():
    TaxRateFactory()
    variant = sellable_variant(price="118.00")
    order = placed_order((variant, 1), payment_method="cod")
    before = (order.tax_total, order.grand_total, order.lines.get().tax_rate)

    TaxRateFactory(valid_from=date(2026, 11, 22), rate=Decimal(28))
    TaxRate.objects.filter(valid_from=date(2017, 7, 1)).update(rate=Decimal(5))

    order.refresh_from_db()
    assert (order.tax_total, order.grand_total, order.lines.get().tax_rate) == before
    assert before[2] == Decimal(18)
