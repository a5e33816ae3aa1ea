"""Questions about tax rates."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import Q

from shop.core import request_memory
from shop.core.statements import Statement
from shop.pricing.tax.models import TaxRate

IN_FORCE = Statement(
    lambda codes, country, on: (
        TaxRate.objects.filter(tax_class__code__in=codes, country=country)
        .filter(Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on)))
        .order_by("valid_from", "pk")
        .values_list("tax_class__code", "rate")
    )
)


def rates_on(*, tax_class_codes: Collection[str], country: str, on: date) -> dict[str, Decimal]:
    """Percentages in force on a day per tax class; a class without a rate there is left out.

    A request that sums one cart up several times reads them once.
    """
    codes = sorted(set(tax_class_codes))
    return request_memory.remember(
        f"tax.{country}.{on}.{','.join(codes)}", lambda: _read(codes, country, on)
    )


def _read(codes: list[str], country: str, on: date) -> dict[str, Decimal]:
    # The rate that started last wins where periods overlap.
    return dict(IN_FORCE.all(codes=codes, country=country, on=on))
