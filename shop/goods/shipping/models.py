"""Ways to send a parcel, with fee and delivery promise."""

from django.db import models
from django.db.models import F, Q

from shop.core.keys import KeyField
from shop.core.money import AmountField, CurrencyField


class ShippingMethod(models.Model):
    key = KeyField()
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    fee = AmountField()
    currency = CurrencyField()
    free_from = AmountField(null=True, blank=True)
    min_days = models.PositiveSmallIntegerField(default=1)
    max_days = models.PositiveSmallIntegerField(default=3)
    countries = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fee__gte=0), name="shipping_fee_not_negative"),
            models.CheckConstraint(
                condition=Q(max_days__gte=F("min_days")), name="shipping_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name
