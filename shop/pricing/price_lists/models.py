"""Price lists and the price of each variant in them."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from shop.core.keys import KeyField
from shop.core.money import AmountField, CurrencyField
from shop.goods.catalog.models import Variant


class PriceList(models.Model):
    key = KeyField()
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    currency = CurrencyField()
    is_tax_inclusive = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["currency"],
                condition=Q(is_default=True),
                name="price_list_one_default_per_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    key = KeyField()
    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="prices")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    amount = AmountField()
    compare_at = AmountField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(excluded_fields=["updated_at"])

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "variant"], name="price_once_per_list_and_variant"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
