"""Price lists, prices, tax rates and ways to send a parcel."""

from datetime import date
from decimal import Decimal

import factory

from shop.goods.shipping.models import ShippingMethod
from shop.pricing.price_lists.models import Price, PriceList
from shop.pricing.tax.models import TaxRate
from tests.factories.catalog import TaxClassFactory, VariantFactory
from tests.factories.inventory import StockItemFactory


class PriceListFactory(factory.django.DjangoModelFactory):
    """The default list of rupees, with tax inside its prices."""

    class Meta:
        model = PriceList
        django_get_or_create = ("code",)

    code = "inr"
    name = "Store prices"
    currency = "INR"
    is_tax_inclusive = True
    is_default = True


class PriceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Price

    price_list = factory.SubFactory(PriceListFactory)
    variant = factory.SubFactory(VariantFactory)
    amount = Decimal("100.00")


class TaxRateFactory(factory.django.DjangoModelFactory):
    """18 % GST on the standard class."""

    class Meta:
        model = TaxRate
        django_get_or_create = ("tax_class", "country", "valid_from")

    tax_class = factory.SubFactory(TaxClassFactory)
    country = "IN"
    rate = Decimal(18)
    valid_from = date(2017, 7, 1)
    name = "GST 18%"


class ShippingMethodFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ShippingMethod
        django_get_or_create = ("code",)

    code = "standard"
    name = "Standard delivery"
    fee = Decimal("49.00")
    currency = "INR"
    free_from = Decimal("499.00")
    min_days = 2
    max_days = 4


def sellable_variant(*, price="100.00", stock=10, location=None, compare_at=None, **variant):
    """A published variant with a price, a tax rate and goods on a shelf."""
    TaxRateFactory()
    row = VariantFactory(**variant)
    PriceFactory(
        variant=row,
        amount=Decimal(price),
        compare_at=Decimal(compare_at) if compare_at else None,
    )
    places = {"location": location} if location else {}
    StockItemFactory(variant=row, on_hand=stock, **places)
    return row
