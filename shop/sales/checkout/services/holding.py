"""Holding the goods of a cart: all of them, or none."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from shop.core.actors import Actor
from shop.core.statements import Statement
from shop.directory.geography.addresses import PostalAddress
from shop.goods.inventory import services as inventory
from shop.goods.inventory.data import StockWish
from shop.goods.inventory.models import Reservation
from shop.goods.routing import selectors as routing
from shop.sales.orders.dataclasses import HeldStock

HeldByVariant = dict[int, list[HeldStock]]

HELD = Statement(
    lambda holder: (
        Reservation.objects.filter(holder=holder, state=Reservation.State.HELD)
        .order_by("pk")
        .values_list("pk", "stock_item__variant_id", "stock_item__location_id", "quantity")
    )
)


def held_by(holder: str) -> HeldByVariant:
    """What is reserved under a name at this moment, by variant."""
    held: HeldByVariant = defaultdict(list)
    for pk, variant_id, location_id, quantity in HELD.all(holder=holder):
        held[variant_id].append(HeldStock(pk, location_id, quantity))
    return dict(held)


def covers(held: HeldByVariant, wanted: Mapping[int, int]) -> bool:
    """Whether exactly the wanted units are held."""
    units = {variant_id: sum(part.quantity for part in parts) for variant_id, parts in held.items()}
    return units == dict(wanted)


def hold(
    *,
    holder: str,
    wanted: Mapping[int, int],
    destination: PostalAddress | None,
    expires_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> HeldByVariant:
    """Reserve the wanted units under a name, from the places that should serve this buyer."""
    locations = routing.candidate_locations(destination=destination)
    parts = inventory.reserve(
        holder=holder,
        wishes=[
            StockWish(variant_id=variant_id, quantity=quantity, location_ids=locations)
            for variant_id, quantity in sorted(wanted.items())
        ],
        expires_at=expires_at,
        actor=actor,
        now=now,
    )
    held: HeldByVariant = defaultdict(list)
    for part in parts:
        held[part.variant_id].append(
            HeldStock(part.reservation_id, part.location_id, part.quantity)
        )
    return dict(held)
