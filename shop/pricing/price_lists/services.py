"""Setting prices, one by one or many from a file."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from shop.core.actors import Actor
from shop.core.events import RowsWritten, publish
from shop.goods.catalog.data import BulkResult
from shop.pricing.price_lists.data import PriceRow
from shop.pricing.price_lists.events import PriceChanged
from shop.pricing.price_lists.exceptions import InvalidPrice
from shop.pricing.price_lists.models import Price, PriceList

MODEL_LABEL = "price_lists.Price"
HIGHEST = Decimal(10) ** 12


@transaction.atomic
def save_price_list(
    *,
    code: str,
    name: str,
    currency: str,
    is_tax_inclusive: bool,
    is_default: bool,
    is_active: bool = True,
    actor: Actor,
    now: datetime,
) -> PriceList:
    """Create a price list or change it; the new default takes the place of the old one."""
    if is_default:
        others = PriceList.objects.select_for_update().filter(currency=currency, is_default=True)
        for other in others.exclude(code=code).order_by("pk"):
            other.is_default = False
            other.save(update_fields=["is_default"])
    price_list, _ = PriceList.objects.update_or_create(
        code=code,
        defaults={
            "name": name,
            "currency": currency,
            "is_tax_inclusive": is_tax_inclusive,
            "is_default": is_default,
            "is_active": is_active,
        },
    )
    return price_list


@transaction.atomic
def set_price(
    *,
    variant_id: int,
    price_list_id: int,
    amount: Decimal,
    compare_at: Decimal | None = None,
    is_active: bool = True,
    actor: Actor,
    now: datetime,
) -> Price:
    """Say what a variant costs in a price list, and what it cost before if that is shown."""
    _check(amount, compare_at)
    price = (
        Price.objects.select_for_update()
        .filter(variant_id=variant_id, price_list_id=price_list_id)
        .first()
    )
    wanted = (amount, compare_at, is_active)
    if price and (price.amount, price.compare_at, price.is_active) == wanted:
        return price
    price = price or Price(variant_id=variant_id, price_list_id=price_list_id)
    price.amount, price.compare_at, price.is_active = wanted
    price.save()
    publish(PriceChanged(variant_ids=(variant_id,)))
    return price


@transaction.atomic
def import_prices(
    *, price_list_id: int, rows: Sequence[PriceRow], actor: Actor, now: datetime
) -> BulkResult:
    """Set many prices of one list at once; what is already so is not touched."""
    wanted = {row.variant_id: row for row in rows}
    for row in wanted.values():
        _check(row.amount, row.compare_at)
    known = {
        price.variant_id: price
        for price in Price.objects.select_for_update()
        .filter(price_list_id=price_list_id, variant_id__in=wanted)
        .order_by("pk")
    }
    new = [
        Price(
            price_list_id=price_list_id,
            variant_id=row.variant_id,
            amount=row.amount,
            compare_at=row.compare_at,
        )
        for variant_id, row in wanted.items()
        if variant_id not in known
    ]
    changed = [price for price in known.values() if _apply(price, wanted[price.variant_id], now)]
    created = bulk_create_with_history(new, Price, batch_size=1000) if new else []
    if changed:
        bulk_update_with_history(
            changed, Price, ["amount", "compare_at", "is_active", "updated_at"], batch_size=500
        )
    _tell(created, "create")
    _tell(changed, "update")
    return BulkResult(
        created=len(created),
        updated=len(changed),
        unchanged=len(wanted) - len(created) - len(changed),
    )


def _check(amount: Decimal, compare_at: Decimal | None) -> None:
    for price in (amount, compare_at):
        if price is None:
            continue
        if not price.is_finite() or price < 0:
            raise InvalidPrice("A price must not be negative")
        if price > HIGHEST:
            raise InvalidPrice(f"A price must not be above {HIGHEST:,}")


def _apply(price: Price, row: PriceRow, now: datetime) -> bool:
    if (price.amount, price.compare_at, price.is_active) == (row.amount, row.compare_at, True):
        return False
    price.amount, price.compare_at, price.is_active = row.amount, row.compare_at, True
    price.updated_at = now
    return True


def _tell(prices: Sequence[Price], operation: str) -> None:
    if not prices:
        return
    pks = tuple(price.pk for price in prices)
    publish(RowsWritten(model_label=MODEL_LABEL, pks=pks, operation=operation))
    publish(PriceChanged(variant_ids=tuple(price.variant_id for price in prices)))
