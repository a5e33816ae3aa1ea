"""Stock items under lock: the one place that knows the lock order and who must hear of a flip."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from shop.core.actors import Actor
from shop.core.events import publish
from shop.core.statements import Statement
from shop.directory.organization.models import Location
from shop.goods.inventory.events import StockChanged
from shop.goods.inventory.exceptions import QuantityTooLarge
from shop.goods.inventory.models import StockItem, StockMovement

MOST_UNITS = 1_000_000_000
FIGURES = ["on_hand", "reserved", "safety", "updated_at"]
# One statement for many items is long to put together: a few are written one by one.
FEW = 3


def refuse_too_large(quantity: int) -> None:
    """Units beyond what the column can count are a mistake in typing."""
    if quantity > MOST_UNITS:
        raise QuantityTooLarge(quantity)


def _locked(variant_ids: Any) -> QuerySet[StockItem]:
    return (
        StockItem.objects.filter(variant_id__in=variant_ids)
        .select_related("location")
        .select_for_update(of=("self",))
        .order_by("pk")
    )


LOCKED = Statement(lambda variant_ids: _locked(variant_ids))


class Shelves:
    """All stock items of some variants, locked in primary-key order until the transaction ends.

    Every change of a reservation goes through the lock of its stock item, so reservations need
    no locks of their own.
    """

    def __init__(self, items: Iterable[StockItem], *, now: datetime) -> None:
        self.now = now
        self.by_id = {item.pk: item for item in items}
        self._changed: dict[int, StockItem] = {}
        self._was_available = self._availability()

    @classmethod
    def lock(cls, variant_ids: Iterable[Any], *, now: datetime) -> "Shelves":
        """Take the locks of every stock item of these variants, at all locations."""
        return cls(_locked(variant_ids), now=now)

    @classmethod
    def lock_variants(cls, variant_ids: Iterable[int], *, now: datetime) -> "Shelves":
        """The same for variants that are named one by one, as every purchase does."""
        return cls(LOCKED.all(variant_ids=sorted(set(variant_ids))), now=now)

    def of_variant(self, variant_id: int) -> list[StockItem]:
        """Items of a variant at open locations, in the house's own order of preference."""
        items = [
            item
            for item in self.by_id.values()
            if item.variant_id == variant_id and item.location.is_active
        ]
        return sorted(items, key=lambda item: (item.location.priority, item.pk))

    def changed(self, item: StockItem) -> None:
        """Note that an item must be written back."""
        refuse_too_large(item.on_hand)
        item.updated_at = self.now
        self._changed[item.pk] = item

    def write(self, *, new_items: Iterable[StockItem] = ()) -> None:
        """Write all changed items and tell of variants whose flag flipped."""
        self._take_in(new_items)
        changed = [self._changed[pk] for pk in sorted(self._changed)]
        if len(changed) <= FEW:
            for item in changed:
                item.save(update_fields=FIGURES)
        else:
            StockItem.objects.bulk_update(changed, FIGURES, batch_size=500)
        is_available = self._availability()
        variant_ids = set(is_available) | set(self._was_available)
        flipped = sorted(
            variant_id
            for variant_id in variant_ids
            if is_available.get(variant_id, False) != self._was_available.get(variant_id, False)
        )
        if flipped:
            publish(StockChanged(variant_ids=tuple(flipped)))

    def _take_in(self, new_items: Iterable[StockItem]) -> None:
        """Items that were created under this lock count for what is available now."""
        items = list(new_items)
        places = Location.objects.in_bulk({item.location_id for item in items}) if items else {}
        for item in items:
            item.location = places[item.location_id]
            self.by_id[item.pk] = item

    def _availability(self) -> dict[int, bool]:
        units: dict[int, int] = defaultdict(int)
        for item in self.by_id.values():
            units[item.variant_id] += item.sellable if item.location.is_active else 0
        return {variant_id: count > 0 for variant_id, count in units.items()}


def movement(
    *,
    item: StockItem,
    kind: str,
    quantity: int,
    reason: str,
    reference: str,
    actor: Actor,
    now: datetime,
) -> StockMovement:
    """The ledger line of a change that has just been made to an item."""
    return StockMovement(
        stock_item=item,
        kind=kind,
        quantity=quantity,
        on_hand_after=item.on_hand,
        reason=reason[:200],
        reference=reference[:100],
        actor_kind=actor.kind,
        actor_key=actor.key,
        actor_label=actor.label,
        created_at=now,
    )
