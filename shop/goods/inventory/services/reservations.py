"""Holding goods back, letting them go again, and handing them over."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from shop.core.actors import Actor
from shop.core.events import publish
from shop.core.rows import insert
from shop.core.statements import Statement
from shop.goods.inventory import picking
from shop.goods.inventory.data import ConsumedPart, ReservedPart, StockWish
from shop.goods.inventory.events import ReservationsExpired
from shop.goods.inventory.exceptions import (
    OutOfStock,
    QuantityNotPositive,
    ReservationGone,
    Shortage,
)
from shop.goods.inventory.models import Reservation, StockItem, StockMovement
from shop.goods.inventory.shelves import Shelves, movement

HELD = Reservation.State.HELD
ALLOCATED = Reservation.State.ALLOCATED
CONSUMED = Reservation.State.CONSUMED
RELEASED = Reservation.State.RELEASED
OPEN_STATES = (HELD, ALLOCATED)

STILL_OPEN = Statement(
    lambda pks: Reservation.objects.filter(pk__in=pks, state__in=OPEN_STATES).values_list(
        "pk", flat=True
    )
)
SHELVES_OF = Statement(
    lambda pks: (
        StockItem.objects.select_for_update()
        .filter(pk__in=Reservation.objects.filter(pk__in=pks).values("stock_item_id"))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
)


@transaction.atomic
def reserve(
    *,
    holder: str,
    wishes: Sequence[StockWish],
    expires_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> list[ReservedPart]:
    """Hold goods back for a checkout or an order, all of them or none."""
    if any(wish.quantity < 1 for wish in wishes):
        raise QuantityNotPositive("A reservation needs at least one unit")
    shelves = Shelves.lock_variants([wish.variant_id for wish in wishes], now=now)
    reservations: list[Reservation] = []
    shortages: list[Shortage] = []
    for wish in wishes:
        shelf = shelves.of_variant(wish.variant_id)
        parts = picking.choose(wish, shelf)
        if not parts:
            short = picking.available(wish, shelf)
            shortages.append(Shortage(wish.variant_id, wish.quantity, short))
        for item, quantity in parts:
            item.reserved += quantity
            shelves.changed(item)
            reservations.append(_reservation(item, quantity, holder, expires_at, now))
    if shortages:
        raise OutOfStock(shortages)
    shelves.write()
    return [
        ReservedPart(
            reservation_id=reservation.pk,
            variant_id=reservation.stock_item.variant_id,
            location_id=reservation.stock_item.location_id,
            quantity=reservation.quantity,
        )
        for reservation in insert(reservations)
    ]


@transaction.atomic
def release(*, reservation_ids: Collection[int], actor: Actor, now: datetime) -> int:
    """Put reserved goods back on sale; what was let go or used before is left alone."""
    return len(_release(Reservation.objects.filter(pk__in=reservation_ids), now=now))


@transaction.atomic
def release_holder(*, holder: str, actor: Actor, now: datetime) -> int:
    """Put everything that a checkout or an order still holds back on sale."""
    return len(_release(Reservation.objects.filter(holder=holder), now=now))


@transaction.atomic
def release_expired(*, now: datetime, limit: int = 500) -> list[str]:
    """Put goods back on sale whose holders took too long, and name those holders."""
    expired = Reservation.objects.filter(state=HELD, expires_at__lte=now)
    chosen = list(expired.order_by("expires_at", "pk").values_list("pk", flat=True)[:limit])
    if not chosen:
        return []
    # Asked again under the lock: a holder may have been given more time meanwhile.
    released = _release(expired.filter(pk__in=chosen), now=now)
    holders = sorted({reservation.holder for reservation in released})
    if holders:
        publish(ReservationsExpired(holders=tuple(holders)))
    return holders


@transaction.atomic
def extend(*, holder: str, expires_at: datetime | None, now: datetime | None = None) -> int:
    """Give a holder more time for what is still held; answers how many reservations that is."""
    rows = Reservation.objects.filter(holder=holder, state=HELD)
    item_ids = rows.values("stock_item_id")
    list(StockItem.objects.select_for_update().filter(pk__in=item_ids).order_by("pk"))
    changes = {"expires_at": expires_at} | ({"updated_at": now} if now else {})
    return rows.update(**changes)


# Firming up is the last step of a sale and cannot fail alone: no savepoint of its own.
@transaction.atomic(savepoint=False)
def allocate(*, reservation_ids: Collection[int], now: datetime) -> None:
    """Make reservations firm: they belong to an order now and no longer expire."""
    pks = sorted(reservation_ids)
    SHELVES_OF.all(pks=pks)
    gone = sorted(set(pks) - set(STILL_OPEN.all(pks=pks)))
    if gone:
        raise ReservationGone(gone)
    Reservation.objects.filter(pk__in=pks, state=HELD).update(
        state=ALLOCATED, expires_at=None, updated_at=now
    )


@transaction.atomic
def consume(
    *, reservation_id: int, quantity: int, reference: str, actor: Actor, now: datetime
) -> None:
    """Book reserved units out of the house: they are neither on hand nor reserved any more."""
    part = ConsumedPart(reservation_id=reservation_id, quantity=quantity)
    consume_parts(parts=[part], reference=reference, actor=actor, now=now)


@transaction.atomic
def consume_parts(
    *, parts: Sequence[ConsumedPart], reference: str, actor: Actor, now: datetime
) -> None:
    """Book a whole parcel of reserved units out of the house."""
    if any(part.quantity < 1 for part in parts):
        raise QuantityNotPositive("At least one unit must leave the house")
    shelves, reservations = _lock_with_shelves([part.reservation_id for part in parts], now)
    movements: list[StockMovement] = []
    for part in parts:
        reservation = reservations.get(part.reservation_id)
        if reservation is None or reservation.open_quantity < part.quantity:
            raise ReservationGone([part.reservation_id])
        item = shelves.by_id[reservation.stock_item_id]
        _use(reservation, item, part.quantity, now)
        shelves.changed(item)
        movements.append(
            movement(
                item=item,
                kind=StockMovement.Kind.SALE,
                quantity=-part.quantity,
                reason="Sold",
                reference=reference,
                actor=actor,
                now=now,
            )
        )
    shelves.write()
    Reservation.objects.bulk_update(
        reservations.values(), ["consumed_quantity", "state", "expires_at", "updated_at"]
    )
    StockMovement.objects.bulk_create(movements)


def _reservation(
    item: StockItem, quantity: int, holder: str, expires_at: datetime | None, now: datetime
) -> Reservation:
    return Reservation(
        stock_item=item,
        quantity=quantity,
        holder=holder,
        state=HELD,
        expires_at=expires_at,
        created_at=now,
        updated_at=now,
    )


def _use(reservation: Reservation, item: StockItem, quantity: int, now: datetime) -> None:
    item.on_hand -= quantity
    item.reserved -= quantity
    reservation.consumed_quantity += quantity
    if reservation.consumed_quantity == reservation.quantity:
        reservation.state = CONSUMED
        reservation.expires_at = None
    reservation.updated_at = now


def _lock_with_shelves(
    reservation_ids: Collection[int], now: datetime
) -> tuple[Shelves, dict[int, Reservation]]:
    rows = Reservation.objects.filter(pk__in=reservation_ids)
    shelves = Shelves.lock(rows.values("stock_item__variant_id"), now=now)
    return shelves, {row.pk: row for row in rows.order_by("pk")}


def _release(rows: "QuerySet[Reservation]", *, now: datetime) -> list[Reservation]:
    shelves = Shelves.lock(rows.values("stock_item__variant_id"), now=now)
    released = list(rows.filter(state__in=OPEN_STATES).order_by("pk"))
    for reservation in released:
        item = shelves.by_id[reservation.stock_item_id]
        item.reserved -= reservation.open_quantity
        shelves.changed(item)
    if released:
        shelves.write()
        Reservation.objects.filter(pk__in=[row.pk for row in released]).update(
            state=RELEASED, expires_at=None, updated_at=now
        )
    return released
