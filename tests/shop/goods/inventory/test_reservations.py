"""Holding goods back, and what becomes of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.core import events, jobs
from shop.core.actors import SYSTEM_ACTOR
from shop.goods.inventory import selectors, services
from shop.goods.inventory.data import StockWish
from shop.goods.inventory.events import StockChanged
from shop.goods.inventory.exceptions import OutOfStock, QuantityNotPositive, ReservationGone
from shop.goods.inventory.models import Reservation, StockMovement
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import StockItemFactory, WarehouseFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=15)


def reserve(*wishes, holder="checkout-1", expires_at=SOON):
    return services.reserve(
        holder=holder, wishes=wishes, expires_at=expires_at, actor=SYSTEM_ACTOR, now=NOW
    )


@pytest.fixture
def flips(monkeypatch):
    """The variants of every flip of availability that was told."""
    told = []
    monkeypatch.setitem(
        events._subscribers, StockChanged, [lambda event: told.append(event.variant_ids)]
    )
    return told


def test_reserving_holds_goods_back_without_moving_them():
    item = StockItemFactory(on_hand=5)

    parts = reserve(StockWish(item.variant_id, 3))

    item.refresh_from_db()
    assert (item.on_hand, item.reserved, item.sellable) == (5, 3, 2)
    assert [(part.location_id, part.quantity) for part in parts] == [(item.location_id, 3)]
    assert Reservation.objects.get(pk=parts[0].reservation_id).state == "HELD"
    assert StockMovement.objects.filter(kind="SALE").count() == 0


def test_every_short_variant_is_named_and_nothing_is_held():
    enough = StockItemFactory(on_hand=5)
    short = StockItemFactory(on_hand=1)
    none_at_all = VariantFactory()

    with pytest.raises(OutOfStock) as refusal:
        reserve(
            StockWish(enough.variant_id, 2),
            StockWish(short.variant_id, 3),
            StockWish(none_at_all.pk, 1),
        )

    assert [(s.variant_id, s.wanted, s.available) for s in refusal.value.shortages] == [
        (short.variant_id, 3, 1),
        (none_at_all.pk, 1, 0),
    ]
    assert Reservation.objects.count() == 0
    enough.refresh_from_db()
    assert enough.reserved == 0


def test_first_location_that_can_serve_everything_is_taken():
    small = StockItemFactory(on_hand=2)
    large = StockItemFactory(variant=small.variant, on_hand=9)

    parts = reserve(StockWish(small.variant_id, 3, (small.location_id, large.location_id)))

    assert [(part.location_id, part.quantity) for part in parts] == [(large.location_id, 3)]


def test_wish_is_split_in_the_given_order_when_no_location_has_enough():
    first = StockItemFactory(on_hand=2)
    second = StockItemFactory(variant=first.variant, on_hand=4)

    parts = reserve(StockWish(first.variant_id, 5, (second.location_id, first.location_id)))

    assert [(part.location_id, part.quantity) for part in parts] == [
        (second.location_id, 4),
        (first.location_id, 1),
    ]


def test_closed_location_serves_nothing():
    item = StockItemFactory(on_hand=5, location=WarehouseFactory(is_active=False))

    with pytest.raises(OutOfStock):
        reserve(StockWish(item.variant_id, 1))

    assert selectors.available([item.variant_id]) == {item.variant_id: 0}


@pytest.mark.req("INV-10")
def test_safety_stock_is_kept_back_from_sale():
    item = StockItemFactory(on_hand=5, safety=2)

    assert selectors.available([item.variant_id]) == {item.variant_id: 3}
    with pytest.raises(OutOfStock):
        reserve(StockWish(item.variant_id, 4))
    reserve(StockWish(item.variant_id, 3))

    assert selectors.available([item.variant_id]) == {item.variant_id: 0}


@pytest.mark.req("CART-11")
def test_last_unit_is_free_again_after_its_reservation_expired():
    item = StockItemFactory(on_hand=1)
    reserve(StockWish(item.variant_id, 1))
    with pytest.raises(OutOfStock):
        reserve(StockWish(item.variant_id, 1), holder="checkout-2")

    before = services.release_expired(now=SOON - timedelta(seconds=1))
    after = jobs.drain_all(SOON)

    assert before == []
    assert after["inventory.release_expired"] == 1
    assert len(reserve(StockWish(item.variant_id, 1), holder="checkout-2")) == 1


def test_release_runs_by_the_clock_at_least_once_a_minute():
    schedules = {schedule.name: schedule.minutes for schedule in jobs.schedules()}

    assert schedules["inventory.release_expired"] == 1


def test_extended_reservation_does_not_expire():
    item = StockItemFactory(on_hand=1)
    reserve(StockWish(item.variant_id, 1))

    extended = services.extend(holder="checkout-1", expires_at=SOON + timedelta(minutes=5))

    assert extended == 1
    assert services.release_expired(now=SOON) == []


@pytest.mark.req("CART-11")
def test_allocated_goods_do_not_expire_and_are_consumed_once():
    item = StockItemFactory(on_hand=2)
    part = reserve(StockWish(item.variant_id, 2))[0]

    services.allocate(reservation_ids=[part.reservation_id], now=NOW)
    released = services.release_expired(now=SOON)
    _consume(part, 2)
    with pytest.raises(ReservationGone):
        _consume(part, 2)

    item.refresh_from_db()
    assert released == []
    assert (item.on_hand, item.reserved) == (0, 0)
    assert Reservation.objects.get().state == "CONSUMED"
    assert StockMovement.objects.filter(kind="SALE").count() == 1


def _consume(part, quantity):
    services.consume(
        reservation_id=part.reservation_id,
        quantity=quantity,
        reference="241121-ABCDEF",
        actor=SYSTEM_ACTOR,
        now=NOW,
    )


def test_part_of_a_reservation_can_leave_and_the_rest_be_released():
    item = StockItemFactory(on_hand=5)
    part = reserve(StockWish(item.variant_id, 4))[0]

    _consume(part, 1)
    services.release_holder(holder="checkout-1", actor=SYSTEM_ACTOR, now=NOW)

    item.refresh_from_db()
    assert (item.on_hand, item.reserved) == (4, 0)


def test_releasing_twice_frees_the_goods_once():
    item = StockItemFactory(on_hand=5)
    reserve(StockWish(item.variant_id, 1), holder="other")
    part = reserve(StockWish(item.variant_id, 2))[0]

    first, second = (
        services.release(reservation_ids=[part.reservation_id], actor=SYSTEM_ACTOR, now=NOW)
        for _ in range(2)
    )

    item.refresh_from_db()
    assert (first, second) == (1, 0)
    assert item.reserved == 1


def test_released_reservation_cannot_be_made_firm():
    item = StockItemFactory(on_hand=1)
    part = reserve(StockWish(item.variant_id, 1))[0]
    services.release_expired(now=SOON)

    with pytest.raises(ReservationGone):
        services.allocate(reservation_ids=[part.reservation_id], now=SOON)


def test_nothing_can_be_reserved_by_less_than_one():
    item = StockItemFactory(on_hand=1)

    with pytest.raises(QuantityNotPositive):
        reserve(StockWish(item.variant_id, 0))


def test_only_a_flip_of_availability_is_told(flips):
    item = StockItemFactory(on_hand=3)

    reserve(StockWish(item.variant_id, 1))
    reserve(StockWish(item.variant_id, 2), holder="checkout-2")
    services.release_holder(holder="checkout-2", actor=SYSTEM_ACTOR, now=NOW)
    services.release_holder(holder="checkout-1", actor=SYSTEM_ACTOR, now=NOW)

    assert flips == [(item.variant_id,), (item.variant_id,)]


def test_reserving_takes_the_same_number_of_queries_for_one_line_and_for_ten():
    items = [StockItemFactory(on_hand=50) for _ in range(10)]

    def queries(chosen):
        with CaptureQueriesContext(connection) as captured:
            reserve(*[StockWish(item.variant_id, 1) for item in chosen])
        return len(captured)

    assert queries(items[:1]) == queries(items) <= 5
