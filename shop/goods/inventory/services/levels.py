"""Figures of stock: each change leaves a line in the ledger, with reason and actor."""

from datetime import datetime

from django.db import transaction

from shop.core.actors import Actor
from shop.goods.inventory.exceptions import QuantityNotPositive, StockBelowReserved
from shop.goods.inventory.models import StockItem, StockMovement
from shop.goods.inventory.shelves import Shelves, movement

Kind = StockMovement.Kind


@transaction.atomic
def receive(
    *,
    variant_id: int,
    location_id: int,
    quantity: int,
    reason: str,
    reference: str = "",
    actor: Actor,
    now: datetime,
) -> StockItem:
    """Book goods that a supplier delivered."""
    _require_positive(quantity)
    return _change(variant_id, location_id, quantity, Kind.RECEIPT, reason, reference, actor, now)


@transaction.atomic
def restock(
    *,
    variant_id: int,
    location_id: int,
    quantity: int,
    reason: str,
    reference: str = "",
    actor: Actor,
    now: datetime,
) -> StockItem:
    """Put goods that came back on the shelf again."""
    _require_positive(quantity)
    return _change(variant_id, location_id, quantity, Kind.RETURN, reason, reference, actor, now)


@transaction.atomic
def adjust(
    *,
    variant_id: int,
    location_id: int,
    delta: int,
    reason: str,
    reference: str = "",
    actor: Actor,
    now: datetime,
) -> StockItem:
    """Correct a figure up or down, for a reason that somebody gives."""
    return _change(variant_id, location_id, delta, Kind.ADJUSTMENT, reason, reference, actor, now)


@transaction.atomic
def set_on_hand(
    *,
    variant_id: int,
    location_id: int,
    on_hand: int,
    reason: str = "Counted",
    reference: str = "",
    actor: Actor,
    now: datetime,
) -> StockItem:
    """Book the result of a count: the difference to the figure goes into the ledger."""
    shelves, item = _lock_item(variant_id, location_id, now)
    delta = on_hand - item.on_hand
    return _book(shelves, item, delta, Kind.COUNT, reason, reference, actor, now)


@transaction.atomic
def set_safety(
    *, variant_id: int, location_id: int, safety: int, actor: Actor, now: datetime
) -> StockItem:
    """Say how many units of a variant a location keeps back from sale."""
    shelves, item = _lock_item(variant_id, location_id, now)
    item.safety = safety
    shelves.changed(item)
    shelves.write()
    return item


def _require_positive(quantity: int) -> None:
    if quantity < 1:
        raise QuantityNotPositive("At least one unit must come in")


def _change(
    variant_id: int,
    location_id: int,
    delta: int,
    kind: str,
    reason: str,
    reference: str,
    actor: Actor,
    now: datetime,
) -> StockItem:
    shelves, item = _lock_item(variant_id, location_id, now)
    return _book(shelves, item, delta, kind, reason, reference, actor, now)


def _lock_item(variant_id: int, location_id: int, now: datetime) -> tuple[Shelves, StockItem]:
    StockItem.objects.get_or_create(variant_id=variant_id, location_id=location_id)
    shelves = Shelves.lock({variant_id}, now=now)
    item = next(item for item in shelves.by_id.values() if item.location_id == location_id)
    return shelves, item


def _book(
    shelves: Shelves,
    item: StockItem,
    delta: int,
    kind: str,
    reason: str,
    reference: str,
    actor: Actor,
    now: datetime,
) -> StockItem:
    if delta == 0:
        return item
    if item.on_hand + delta < item.reserved:
        raise StockBelowReserved(on_hand=item.on_hand + delta, reserved=item.reserved)
    item.on_hand += delta
    shelves.changed(item)
    shelves.write()
    movement(
        item=item,
        kind=kind,
        quantity=delta,
        reason=reason,
        reference=reference,
        actor=actor,
        now=now,
    ).save()
    return item
