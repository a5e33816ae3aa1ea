"""Questions about tax rates."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import Q

from shop.pricing.tax.models import TaxRate


def rates_on(*, tax_class_codes: Collection[str], country: str, on: date) -> dict[str, Decimal]:
    """Percentages in force on a day per tax class; a class without a rate there is left out."""
    rows = (
        TaxRate.objects.filter(tax_class__code__in=set(tax_class_codes), country=country)
        .filter(Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on)))
        .order_by("valid_from", "pk")
        .values_list("tax_class__code", "rate")
    )
    # The rate that started last wins where periods overlap.
    return dict(rows)
