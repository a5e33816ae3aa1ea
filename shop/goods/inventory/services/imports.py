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
from shop.goods.inventory.shelves import Shelves, movement, refuse_too_large

MODEL_LABEL = "inventory.StockItem"


@transaction.atomic
def import_levels(
    *, rows: Sequence[LevelRow], reference: str = "", actor: Actor, now: datetime
) -> BulkResult:
    """Book counted figures from a file; each difference becomes one line of the ledger."""
    wanted = {(row.variant_id, row.location_id): row for row in rows}
    shelves = Shelves.lock({variant_id for variant_id, _ in wanted}, now=now)
    movements: list[StockMovement] = []
    updated: set[int] = set()
    known: set[tuple[int, int]] = set()
    for item in list(shelves.by_id.values()):
        place = (item.variant_id, item.location_id)
        known.add(place)
        if place in wanted and _apply(item, wanted[place], movements, reference, actor, now):
            shelves.changed(item)
            updated.add(item.pk)
    new = [_new_item(row) for place, row in wanted.items() if place not in known]
    created = StockItem.objects.bulk_create(new, batch_size=1000)
    movements += [_line(item, item.on_hand, reference, actor, now) for item in new if item.on_hand]
    shelves.write(new_items=new)
    StockMovement.objects.bulk_create(movements, batch_size=1000)
    _tell({item.pk for item in created}, "create")
    _tell(updated, "update")
    return BulkResult(
        created=len(created),
        updated=len(updated),
        unchanged=len(wanted) - len(created) - len(updated),
    )


def _new_item(row: LevelRow) -> StockItem:
    refuse_too_large(row.on_hand)
    if row.on_hand < 0:
        raise StockBelowReserved(on_hand=row.on_hand, reserved=0)
    return StockItem(
        variant_id=row.variant_id,
        location_id=row.location_id,
        on_hand=row.on_hand,
        safety=row.safety or 0,
    )


def _line(
    item: StockItem, quantity: int, reference: str, actor: Actor, now: datetime
) -> StockMovement:
    return movement(
        item=item,
        kind=StockMovement.Kind.IMPORT,
        quantity=quantity,
        reason="Imported",
        reference=reference,
        actor=actor,
        now=now,
    )


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
        movements.append(_line(item, delta, reference, actor, now))
    return bool(delta) or is_new_safety


def _tell(pks: set[int], operation: str) -> None:
    if pks:
        publish(RowsWritten(model_label=MODEL_LABEL, pks=tuple(sorted(pks)), operation=operation))
