"""Parcels from the shelf to the door."""

import json
from datetime import UTC, datetime

import pytest

from shop.core import timeline
from shop.core.actors import SYSTEM_ACTOR
from shop.core.models import InboxMessage, TimelineEntry
from shop.core.workflow import TransitionRefused
from shop.goods.inventory.models import Reservation, StockItem, StockMovement
from shop.sales.fulfillment import selectors, services, tasks
from shop.sales.fulfillment.derivation import derive
from shop.sales.fulfillment.exceptions import NothingToShip, NotUnderWay, TrackingRefused
from shop.sales.fulfillment.models import Shipment, ShipmentState
from shop.sales.fulfillment.workflows import SHIPMENT_WORKFLOW
from shop.sales.orders.models import OrderLine
from tests.factories.fulfillment import CarrierFactory, planned_shipment, shipped_shipment
from tests.factories.inventory import StockItemFactory
from tests.factories.orders import placed_order
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
TABLE = {
    ("PENDING", "pack"): "PACKED",
    ("PENDING", "ship"): "SHIPPED",
    ("PACKED", "ship"): "SHIPPED",
    ("SHIPPED", "out_for_delivery"): "OUT_FOR_DELIVERY",
    ("SHIPPED", "deliver"): "DELIVERED",
    ("OUT_FOR_DELIVERY", "deliver"): "DELIVERED",
    ("PENDING", "cancel"): "CANCELLED",
    ("PACKED", "cancel"): "CANCELLED",
}


def binding_order(*wishes, **changes):
    return placed_order(*wishes, payment_method="cod", **changes)


@pytest.mark.parametrize("state", ShipmentState.values)
@pytest.mark.parametrize("step", ["pack", "ship", "out_for_delivery", "deliver", "cancel"])
def test_the_table_of_states_is_the_whole_truth(state, step):
    if (state, step) in TABLE:
        assert SHIPMENT_WORKFLOW.target(state, step) == TABLE[state, step]
    else:
        with pytest.raises(TransitionRefused):
            SHIPMENT_WORKFLOW.target(state, step)


@pytest.mark.parametrize(
    ("states", "shipped", "status"),
    [
        ([], 0, "UNFULFILLED"),
        (["PENDING"], 0, "UNFULFILLED"),
        (["CANCELLED"], 0, "UNFULFILLED"),
        (["PACKED", "PENDING"], 0, "UNFULFILLED"),
        (["PACKED", "PACKED"], 0, "PACKED"),
        (["SHIPPED", "PENDING"], 1, "PART_SHIPPED"),
        (["SHIPPED"], 1, "PART_SHIPPED"),
        (["SHIPPED", "CANCELLED"], 2, "SHIPPED"),
        (["DELIVERED", "SHIPPED"], 2, "SHIPPED"),
        (["DELIVERED", "OUT_FOR_DELIVERY"], 2, "OUT_FOR_DELIVERY"),
        (["DELIVERED", "DELIVERED"], 2, "DELIVERED"),
    ],
)
def test_how_far_the_goods_have_come_follows_from_the_parcels(states, shipped, status):
    assert derive(states=states, units_ordered=2, units_shipped=shipped) == status


@pytest.mark.req("PAY-15")
def test_goods_of_an_unpaid_cash_order_leave_the_stock_with_their_parcel():
    order = binding_order((sellable_variant(stock=5), 2))

    parcel = shipped_shipment(order, tracking_number=" BB42 ")

    order.refresh_from_db()
    item = StockItem.objects.get()
    assert (item.on_hand, item.reserved) == (3, 0)
    sale = StockMovement.objects.get(kind="SALE")
    assert (sale.quantity, sale.reference) == (-2, order.number)
    assert (parcel.state, parcel.tracking_number, parcel.shipped_at) == ("SHIPPED", "BB42", NOW)
    assert parcel.carrier.tracking_link("BB42") == "https://carrier.example/track/BB42"
    assert (order.fulfillment_status, order.payment_status) == ("SHIPPED", "PENDING")
    assert OrderLine.objects.get().shipped_quantity == 2
    assert Reservation.objects.get().state == "CONSUMED"


@pytest.mark.req("ORD-11")
def test_packed_shipped_and_delivered_stand_in_the_story_of_the_order():
    order = binding_order()
    parcel = planned_shipment(order)
    services.mark_packed(shipment_id=parcel.pk, actor=SYSTEM_ACTOR, now=NOW)
    shipped_shipment(order)
    services.mark_out_for_delivery(shipment_id=parcel.pk, actor=SYSTEM_ACTOR, now=NOW)
    services.mark_delivered(shipment_id=parcel.pk, actor=SYSTEM_ACTOR, now=NOW)

    order.refresh_from_db()
    kinds = [entry.kind for entry in timeline.entries("order", order.key)]
    assert order.fulfillment_status == "DELIVERED"
    assert kinds == [
        "order.placed",
        "payment.opened",
        "order.activated",
        "shipment.planned",
        "shipment.packed",
        "order.fulfillment_status",
        "shipment.shipped",
        "order.fulfillment_status",
        "shipment.out_for_delivery",
        "order.fulfillment_status",
        "shipment.delivered",
        "order.fulfillment_status",
    ]


@pytest.mark.req("INV-02")
def test_goods_from_two_warehouses_travel_in_two_parcels():
    shoes, lamp = sellable_variant(stock=1), sellable_variant(stock=1)
    order = binding_order((shoes, 1), (lamp, 1))

    parcels = services.create_shipments(order_id=order.pk, actor=SYSTEM_ACTOR, now=NOW)

    assert [parcel.number for parcel in parcels] == [f"{order.number}-1", f"{order.number}-2"]
    assert len({parcel.location_id for parcel in parcels}) == 2
    shipped_shipment(order)
    order.refresh_from_db()
    assert order.fulfillment_status == "PART_SHIPPED"


@pytest.mark.req("INV-02")
def test_a_closed_warehouse_serves_no_new_order():
    shoes = sellable_variant(stock=5)
    closed = shoes.stock_items.get().location
    open_place = StockItemFactory(variant=shoes, on_hand=5).location
    closed.is_active = False
    closed.save()

    order = binding_order((shoes, 2))

    assert order.lines.get().location_id == open_place.pk


def test_parcels_are_planned_once():
    order = binding_order()
    first = planned_shipment(order)

    again = services.create_shipments(order_id=order.pk, actor=SYSTEM_ACTOR, now=NOW)
    tasks.plan_parcels(order.pk)

    assert again == [first]
    assert Shipment.objects.count() == 1


def test_an_order_without_goods_in_stock_has_nothing_to_ship():
    order = binding_order()
    order.lines.get().allocations.all().delete()

    with pytest.raises(NothingToShip):
        services.create_shipments(order_id=order.pk, actor=SYSTEM_ACTOR, now=NOW)

    assert not Shipment.objects.exists()


@pytest.mark.parametrize(
    ("carrier", "number"),
    [("nobody", "BB1"), ("bluebird", "x" * 61), ("bluebird", "BB\x00"), ("bluebird", "₹1")],
)
def test_an_unusable_carrier_or_number_is_refused(carrier, number):
    CarrierFactory()
    parcel = planned_shipment(binding_order())

    with pytest.raises(TrackingRefused):
        services.mark_shipped(
            shipment_id=parcel.pk,
            carrier_code=carrier,
            tracking_number=number,
            actor=SYSTEM_ACTOR,
            now=NOW,
        )

    parcel.refresh_from_db()
    assert parcel.state == "PENDING"


def test_a_tracking_number_belongs_to_one_parcel():
    first, second = binding_order(), binding_order()
    shipped_shipment(first, tracking_number="BB7")

    with pytest.raises(TrackingRefused):
        shipped_shipment(second, tracking_number="BB7")

    assert planned_shipment(second).state == "PENDING"
    assert selectors.find_orders_by_tracking("BB7") == [first.pk]


def tell_of(parcel, status, message_id="m1"):
    services.receive_carrier_notice(
        source="testship",
        external_id=message_id,
        body=json.dumps(
            {
                "id": message_id,
                "carrier": "bluebird",
                "tracking_number": parcel.tracking_number,
                "status": status,
                "message": "By scanner",
            }
        ),
        headers={},
        now=NOW,
    )
    message = InboxMessage.objects.get(source="carriers.testship", external_id=message_id)
    return services.record_carrier_event(inbox_id=message.pk, now=NOW)


@pytest.mark.req("NOT-02")
def test_a_carrier_tells_of_delivery_once():
    order = binding_order()
    parcel = shipped_shipment(order)

    results = [tell_of(parcel, "delivered"), tell_of(parcel, "delivered")]
    late = tell_of(parcel, "out_for_delivery", "m2")

    parcel.refresh_from_db()
    order.refresh_from_db()
    assert results == ["delivered", "handled before"]
    assert late == "noted"
    assert (parcel.state, order.fulfillment_status) == ("DELIVERED", "DELIVERED")
    assert parcel.events.filter(status="DELIVERED").count() == 1


@pytest.mark.req("NOT-02")
def test_a_carrier_tells_of_a_delay_while_the_parcel_is_under_way():
    order = binding_order()
    parcel = shipped_shipment(order)

    result = tell_of(parcel, "delayed")
    again = tell_of(parcel, "delayed")
    tell_of(parcel, "delivered", "m2")
    late = tell_of(parcel, "delayed", "m3")

    parcel.refresh_from_db()
    assert (result, again, late) == ("delayed", "handled before", "noted")
    assert parcel.state == "DELIVERED"
    entries = TimelineEntry.objects.filter(thread_key=order.key, kind="shipment.delayed")
    assert [entry.message for entry in entries] == [
        f"Parcel {parcel.number} is delayed: By scanner"
    ]


def test_a_parcel_that_has_not_left_is_not_late():
    parcel = planned_shipment(binding_order())

    with pytest.raises(NotUnderWay):
        services.note_delay(shipment_id=parcel.pk, message="Snow", actor=SYSTEM_ACTOR, now=NOW)

    assert not parcel.events.exists()


def test_an_unknown_status_is_kept_as_it_came():
    parcel = shipped_shipment(binding_order())

    result = tell_of(parcel, "customs_hold")

    assert result == "noted"
    assert parcel.events.filter(status="customs_hold").exists()
