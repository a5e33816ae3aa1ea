"""Questions about stock."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Sum
from django.db.models.functions import Greatest

from shop.core.statements import Statement
from shop.goods.inventory.models import StockItem

SELLABLE = Statement(
    lambda variant_ids: (
        StockItem.objects.filter(variant_id__in=variant_ids, location__is_active=True)
        .values("variant_id")
        .order_by()
        .annotate(units=Sum(Greatest(F("on_hand") - F("reserved") - F("safety"), 0)))
        .values_list("variant_id", "units")
    )
)


@dataclass(frozen=True)
class Level:
    """The figures of one variant at one location."""

    location_id: int
    location_code: str
    location_name: str
    on_hand: int
    reserved: int
    safety: int
    available: int


def available(variant_ids: Collection[int]) -> dict[int, int]:
    """Units of each variant that can be sold now, over all open locations; 0 where none lie."""
    units = dict.fromkeys(variant_ids, 0)
    return units | dict(SELLABLE.all(variant_ids=sorted(units)))


def levels(variant_id: int) -> list[Level]:
    """What lies where: the figures of a variant at each open location, preferred one first."""
    items = (
        StockItem.objects.filter(variant_id=variant_id, location__is_active=True)
        .select_related("location")
        .order_by("location__priority", "pk")
    )
    return [
        Level(
            location_id=item.location_id,
            location_code=item.location.code,
            location_name=item.location.name,
            on_hand=item.on_hand,
            reserved=item.reserved,
            safety=item.safety,
            available=item.sellable,
        )
        for item in items
    ]


def ledger_differences() -> list[tuple[int, int, int]]:
    """Stock items whose figure is not the sum of their ledger: (id, figure, sum)."""
    rows = (
        StockItem.objects.annotate(booked=Sum("movements__quantity", default=0))
        .exclude(on_hand=F("booked"))
        .order_by("pk")
    )
    return list(rows.values_list("pk", "on_hand", "booked"))
