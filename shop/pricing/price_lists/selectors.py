"""Questions about prices."""

from collections.abc import Collection
from datetime import datetime

from shop.core.statements import Statement
from shop.pricing.price_lists.data import ListPrice
from shop.pricing.price_lists.models import Price, PriceList

__all__ = ["ListPrice", "default_price_list", "prices_for"]

PRICES = Statement(
    lambda variant_ids, currency: Price.objects.filter(
        variant_id__in=variant_ids,
        is_active=True,
        price_list__currency=currency,
        price_list__is_default=True,
        price_list__is_active=True,
    ).values_list(
        "variant_id",
        "amount",
        "compare_at",
        "price_list__code",
        "price_list__is_tax_inclusive",
    )
)


def default_price_list(currency: str) -> PriceList | None:
    """The price list that applies to everyone in a currency."""
    return PriceList.objects.filter(currency=currency, is_default=True, is_active=True).first()


def prices_for(
    *, variant_ids: Collection[int], currency: str, now: datetime
) -> dict[int, ListPrice]:
    """What each variant costs today; a variant without a price is left out."""
    rows = PRICES.all(variant_ids=sorted(set(variant_ids)), currency=currency)
    return {
        variant_id: ListPrice(
            amount=amount,
            compare_at=compare_at,
            currency=currency,
            price_list_code=code,
            is_tax_inclusive=is_tax_inclusive,
        )
        for variant_id, amount, compare_at, code, is_tax_inclusive in rows
    }
