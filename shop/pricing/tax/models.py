"""Tax rates with their period of validity."""

from django.db import models
from django.db.models import F, Q

from shop.goods.catalog.models import TaxClass


class TaxRate(models.Model):
    tax_class = models.ForeignKey(TaxClass, on_delete=models.CASCADE, related_name="rates")
    country = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tax_class", "country", "valid_from"], name="tax_rate_once_per_start"
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=100), name="tax_rate_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="tax_rate_period_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate.normalize():f} %"
