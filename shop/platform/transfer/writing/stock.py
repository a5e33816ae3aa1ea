"""Counted stock of a file, as movements of the ledger."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from shop.core.actors import Actor
from shop.directory.organization.models import Location
from shop.goods.catalog.models import Variant
from shop.goods.inventory import services as inventory
from shop.goods.inventory.data import LevelRow
from shop.goods.inventory.models import StockItem
from shop.platform.transfer.records import ImportContext, StockRecord
from shop.platform.transfer.writing.batches import Item, Written

Place = tuple[int, int]


class StockWriter:
    """Books counted figures; an unknown SKU or location refuses its row only."""

    def __init__(self, context: ImportContext, *, actor: Actor, now: datetime) -> None:
        self.context = context
        self.actor = actor
        self.now = now
        self.locations: dict[str, int] = dict(Location.objects.values_list("code", "pk"))

    def write(self, items: Sequence[Item[StockRecord]]) -> Written[StockRecord]:
        written: Written[StockRecord] = Written()
        skus = {item.record.sku for item in items}
        variants = dict(Variant.objects.filter(sku__in=skus).values_list("sku", "pk"))
        placed = self._placed(items, variants, written)
        reserved = self._reserved(place for _, place in placed)
        rows = []
        for item, place in placed:
            if self._is_wanted(item, reserved.get(place), written):
                rows.append(LevelRow(*place, on_hand=item.record.on_hand))
        result = inventory.import_levels(
            rows=rows, reference="import", actor=self.actor, now=self.now
        )
        written.created, written.updated = result.created, result.updated
        written.unchanged += result.unchanged
        return written

    def _placed(
        self,
        items: Sequence[Item[StockRecord]],
        variants: dict[str, int],
        written: Written[StockRecord],
    ) -> list[tuple[Item[StockRecord], Place]]:
        placed = []
        for item in items:
            variant_id = variants.get(item.record.sku)
            location_id = self.locations.get(item.record.location)
            if variant_id is None:
                written.reject(item, "sku", item.record.sku, "there is no such SKU")
            elif location_id is None:
                reason = f"there is no such location; there are {', '.join(sorted(self.locations))}"
                written.reject(item, "location", item.record.location, reason)
            else:
                placed.append((item, (variant_id, location_id)))
        return placed

    def _reserved(self, places: Iterable[Place]) -> dict[Place, int]:
        """Promised units of the rows there are, locked until the batch is written."""
        wanted = set(places)
        rows = (
            StockItem.objects.select_for_update()
            .filter(variant_id__in={variant_id for variant_id, _ in wanted})
            .order_by("pk")
            .values_list("variant_id", "location_id", "reserved")
        )
        return {
            (variant_id, location_id): reserved
            for variant_id, location_id, reserved in rows
            if (variant_id, location_id) in wanted
        }

    def _is_wanted(
        self, item: Item[StockRecord], reserved: int | None, written: Written[StockRecord]
    ) -> bool:
        if reserved is None and self.context.mode == "update":
            reason = "nothing is kept there yet, and --mode update adds nothing"
            written.reject(item, "sku", item.record.sku, reason)
            return False
        if reserved is not None and self.context.mode == "add":
            written.unchanged += 1
            return False
        if reserved is not None and item.record.on_hand < reserved:
            reason = f"{reserved} units are promised to customers, so fewer cannot be on hand"
            written.reject(item, "on_hand", str(item.record.on_hand), reason)
            return False
        return True

    def forget(self) -> None:
        """Nothing is remembered between batches."""

    def finish(self) -> None:
        """Nothing is left to do."""
