"""Figures of stock and the ledger that explains them."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from shop.core import events
from shop.core.actors import Actor
from shop.core.events import RowsWritten
from shop.goods.inventory import selectors, services
from shop.goods.inventory.data import LevelRow, StockWish
from shop.goods.inventory.exceptions import (
    QuantityNotPositive,
    QuantityTooLarge,
    StockBelowReserved,
)
from shop.goods.inventory.models import StockItem, StockMovement
from tests.factories.catalog import VariantFactory
from tests.factories.inventory import StockItemFactory, WarehouseFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
CLERK = Actor(kind="STAFF", key="K1", label="Clerk")


@pytest.mark.req("INV-01")
def test_figure_is_the_sum_of_its_ledger_after_everything_that_can_happen():
    variant, place = VariantFactory(), WarehouseFactory()
    where = {"variant_id": variant.pk, "location_id": place.pk, "actor": CLERK, "now": NOW}

    services.receive(**where, quantity=20, reason="Delivery")
    services.adjust(**where, delta=-3, reason="Broken", reference="NOTE-1")
    services.set_on_hand(**where, on_hand=25)
    services.restock(**where, quantity=1, reason="Came back")
    parts = services.reserve(
        holder="order", wishes=[StockWish(variant.pk, 4)], expires_at=None, actor=CLERK, now=NOW
    )
    services.consume(
        reservation_id=parts[0].reservation_id, quantity=4, reference="O-1", actor=CLERK, now=NOW
    )
    services.import_levels(rows=[LevelRow(variant.pk, place.pk, 30)], actor=CLERK, now=NOW)

    item = StockItem.objects.get()
    ledger = StockMovement.objects.order_by("pk")
    assert [(row.kind, row.quantity, row.on_hand_after) for row in ledger] == [
        ("RECEIPT", 20, 20),
        ("ADJUSTMENT", -3, 17),
        ("COUNT", 8, 25),
        ("RETURN", 1, 26),
        ("SALE", -4, 22),
        ("IMPORT", 8, 30),
    ]
    assert (item.on_hand, item.reserved) == (30, 0)
    assert selectors.ledger_differences() == []


@pytest.mark.req("INV-01")
def test_ledger_line_says_who_why_and_with_what_reference():
    item = StockItemFactory(on_hand=5)

    services.adjust(
        variant_id=item.variant_id,
        location_id=item.location_id,
        delta=-1,
        reason="Broken",
        reference="NOTE-1",
        actor=CLERK,
        now=NOW,
    )

    line = StockMovement.objects.get(kind="ADJUSTMENT")
    assert (line.reason, line.reference, line.actor_label) == ("Broken", "NOTE-1", "Clerk")


@pytest.mark.req("INV-01")
@pytest.mark.parametrize("figures", [(5, 6), (-1, 0), (5, -1)])
def test_database_itself_refuses_figures_that_cannot_be(figures):
    item = StockItemFactory(on_hand=5)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_stockitem SET on_hand = %s, reserved = %s WHERE id = %s",
            [*figures, item.pk],
        )

    item.refresh_from_db()
    assert (item.on_hand, item.reserved) == (5, 0)


@pytest.mark.req("INV-01")
def test_edited_figure_would_be_found_by_comparing_it_with_the_ledger():
    item = StockItemFactory(on_hand=5)

    StockItem.objects.filter(pk=item.pk).update(on_hand=7)

    assert selectors.ledger_differences() == [(item.pk, 7, 5)]


def test_figure_cannot_go_below_what_is_promised():
    item = StockItemFactory(on_hand=5)
    services.reserve(
        holder="order",
        wishes=[StockWish(item.variant_id, 4)],
        expires_at=None,
        actor=CLERK,
        now=NOW,
    )
    where = {"variant_id": item.variant_id, "location_id": item.location_id}

    with pytest.raises(StockBelowReserved):
        services.set_on_hand(**where, on_hand=3, actor=CLERK, now=NOW)

    item.refresh_from_db()
    assert item.on_hand == 5
    assert StockMovement.objects.filter(kind="COUNT").count() == 0


def test_receipt_of_nothing_is_refused():
    with pytest.raises(QuantityNotPositive):
        services.receive(
            variant_id=VariantFactory().pk,
            location_id=WarehouseFactory().pk,
            quantity=0,
            reason="",
            actor=CLERK,
            now=NOW,
        )

    assert StockItem.objects.count() == 0


def test_import_creates_changes_and_leaves_alone_and_tells_of_each(monkeypatch):
    told = []
    monkeypatch.setitem(events._subscribers, RowsWritten, [told.append])
    same, other = StockItemFactory(on_hand=5), StockItemFactory(on_hand=5)
    new = VariantFactory()
    rows = [
        LevelRow(same.variant_id, same.location_id, 5),
        LevelRow(other.variant_id, other.location_id, 8, safety=2),
        LevelRow(new.pk, other.location_id, 3),
    ]

    first = services.import_levels(rows=rows, actor=CLERK, now=NOW)
    second = services.import_levels(rows=rows, actor=CLERK, now=NOW)

    assert (first.created, first.updated, first.unchanged) == (1, 1, 1)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 3)
    created = StockItem.objects.get(variant=new)
    assert [(event.operation, event.pks) for event in told] == [
        ("create", (created.pk,)),
        ("update", (other.pk,)),
    ]
    assert selectors.available([other.variant_id, new.pk]) == {other.variant_id: 6, new.pk: 3}


def test_levels_are_listed_by_location():
    near = StockItemFactory(on_hand=3, location=WarehouseFactory(priority=1, name="Near"))
    StockItemFactory(
        variant=near.variant, on_hand=9, location=WarehouseFactory(priority=2, name="Far")
    )

    assert [
        (level.location_name, level.available) for level in selectors.levels(near.variant_id)
    ] == [
        ("Near", 3),
        ("Far", 9),
    ]


def test_figures_beyond_counting_are_refused():
    item = StockItemFactory(on_hand=5)

    with pytest.raises(QuantityTooLarge):
        services.set_on_hand(
            variant_id=item.variant_id,
            location_id=item.location_id,
            on_hand=10**12,
            actor=CLERK,
            now=NOW,
        )
    row = LevelRow(VariantFactory().pk, item.location_id, 10**12)
    with pytest.raises(QuantityTooLarge):
        services.import_levels(rows=[row], actor=CLERK, now=NOW)

    assert list(StockItem.objects.values_list("on_hand", flat=True)) == [5]
