"""Many buyers at one shelf, with real threads and real locks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from shop.core.actors import SYSTEM_ACTOR
from shop.goods.inventory import selectors, services
from shop.goods.inventory.data import StockWish
from shop.goods.inventory.exceptions import OutOfStock, ReservationGone
from shop.goods.inventory.models import Reservation, StockItem
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import StockItemFactory, WarehouseFactory

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=15)
THREADS = 16


def in_threads(work, jobs):
    """Run a function for each job at once; its own exceptions come out of here."""

    def with_own_connection(job):
        try:
            return work(job)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(with_own_connection, jobs))


def try_to_reserve(holder, *wishes):
    try:
        services.reserve(holder=holder, wishes=wishes, expires_at=SOON, actor=SYSTEM_ACTOR, now=NOW)
    except OutOfStock:
        return False
    return True


@pytest.mark.req("INV-03")
def test_two_hundred_buyers_of_a_hundred_units_get_exactly_a_hundred():
    item = StockItemFactory(on_hand=100)

    answers = in_threads(
        lambda number: try_to_reserve(f"checkout-{number}", StockWish(item.variant_id, 1)),
        range(200),
    )

    item.refresh_from_db()
    assert answers.count(True) == 100
    assert answers.count(False) == 100
    assert (item.on_hand, item.reserved) == (100, 100)
    assert Reservation.objects.count() == 100


@pytest.mark.req("INV-03")
def test_baskets_in_opposite_order_never_wait_for_each_other_for_ever():
    first, second = StockItemFactory(on_hand=40), StockItemFactory(on_hand=60)

    def basket(number):
        wishes = [StockWish(first.variant_id, 1), StockWish(second.variant_id, 1)]
        return try_to_reserve(f"checkout-{number}", *(wishes if number % 2 else wishes[::-1]))

    answers = in_threads(basket, range(80))

    assert answers.count(True) == 40
    assert dict(StockItem.objects.values_list("pk", "reserved")) == {first.pk: 40, second.pk: 40}


@pytest.mark.req("INV-03")
def test_split_over_locations_sells_every_unit_once():
    variant = VariantFactory()
    for on_hand in (7, 11, 5):
        StockItemFactory(variant=variant, on_hand=on_hand, location=WarehouseFactory())

    answers = in_threads(
        lambda number: try_to_reserve(f"checkout-{number}", StockWish(variant.pk, 2)), range(40)
    )

    assert answers.count(True) == 11
    assert selectors.available([variant.pk]) == {variant.pk: 1}


def test_expiry_release_and_use_at_once_leave_the_figures_right():
    item = StockItemFactory(on_hand=50)
    parts = [
        services.reserve(
            holder=f"checkout-{number}",
            wishes=[StockWish(item.variant_id, 1)],
            expires_at=SOON,
            actor=SYSTEM_ACTOR,
            now=NOW,
        )[0]
        for number in range(40)
    ]

    def act(number):
        if number % 3 == 0:
            return services.release_expired(now=SOON, limit=5)
        if number % 3 == 1:
            return services.release_holder(holder=f"checkout-{number}", actor=SYSTEM_ACTOR, now=NOW)
        try:
            services.allocate(reservation_ids=[parts[number].reservation_id], now=NOW)
            services.consume(
                reservation_id=parts[number].reservation_id,
                quantity=1,
                reference="order",
                actor=SYSTEM_ACTOR,
                now=NOW,
            )
        except ReservationGone:
            return False
        return True

    in_threads(act, range(40))
    while services.release_expired(now=SOON):
        pass

    item.refresh_from_db()
    used = Reservation.objects.filter(state="CONSUMED").count()
    assert item.reserved == Reservation.objects.filter(state="ALLOCATED").count() == 0
    assert item.on_hand == 50 - used
    assert Reservation.objects.exclude(state__in=["CONSUMED", "RELEASED"]).count() == 0
