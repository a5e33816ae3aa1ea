"""Stock figures from files, many at a time."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shop.core.actors import Actor
from shop.core.events import RowsWritten, publish
from shop.goods.catalog.data import BulkResult
from shop.goods.inventory.data import LevelRow
from shop.goods.inventory.exceptions import StockBelowReserved
from shop.goods.inventory.models import StockItem, StockMovement
from shop.goods.inventory.shelves import Shelves, movement

MODEL_LABEL = "inventory.StockItem"


@transaction.atomic
def import_levels(
    *, rows: Sequence[LevelRow], reference: str = "", actor: Actor, now: datetime
) -> BulkResult:
    """Book counted figures from a file; each difference becomes one line of the ledger."""
    wanted = {(row.variant_id, row.location_id): row for row in rows}
    created = _create_missing(wanted)
    shelves = Shelves.lock({variant_id for variant_id, _ in wanted}, now=now)
    movements: list[StockMovement] = []
    updated: set[int] = set()
    for item in shelves.by_id.values():
        row = wanted.get((item.variant_id, item.location_id))
        if row is None or not _apply(item, row, movements, reference, actor, now):
            continue
        shelves.changed(item)
        if item.pk not in created:
            updated.add(item.pk)
    shelves.write()
    StockMovement.objects.bulk_create(movements, batch_size=1000)
    _tell(created, "create")
    _tell(updated, "update")
    return BulkResult(
        created=len(created),
        updated=len(updated),
        unchanged=len(wanted) - len(created) - len(updated),
    )


def _create_missing(wanted: dict[tuple[int, int], LevelRow]) -> set[int]:
    variant_ids = {variant_id for variant_id, _ in wanted}
    known = set(
        StockItem.objects.filter(variant_id__in=variant_ids).values_list(
            "variant_id", "location_id"
        )
    )
    missing = sorted(set(wanted) - known)
    items = StockItem.objects.bulk_create(
        [StockItem(variant_id=variant, location_id=location) for variant, location in missing],
        batch_size=1000,
    )
    return {item.pk for item in items}


def _apply(
    item: StockItem,
    row: LevelRow,
    movements: list[StockMovement],
    reference: str,
    actor: Actor,
    now: datetime,
) -> bool:
    """Set the figures of a row and note the ledger line; tell whether anything changed."""
    delta = row.on_hand - item.on_hand
    is_new_safety = row.safety is not None and row.safety != item.safety
    if row.on_hand < item.reserved:
        raise StockBelowReserved(on_hand=row.on_hand, reserved=item.reserved)
    if row.safety is not None:
        item.safety = row.safety
    if delta:
        item.on_hand = row.on_hand
        movements.append(
            movement(
                item=item,
                kind=StockMovement.Kind.IMPORT,
                quantity=delta,
                reason="Imported",
                reference=reference,
                actor=actor,
                now=now,
            )
        )
    return bool(delta) or is_new_safety


def _tell(pks: set[int], operation: str) -> None:
    if pks:
        publish(RowsWritten(model_label=MODEL_LABEL, pks=tuple(sorted(pks)), operation=operation))
