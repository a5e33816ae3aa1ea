"""One order on one page: what staff see, may do, and what is refused."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shop.core.actors import SYSTEM_ACTOR
from shop.core.models import TimelineEntry
from shop.engagement.notifications.models import Message
from shop.sales.fulfillment import services as fulfillment
from shop.sales.fulfillment.models import Carrier, Shipment
from tests.factories.fulfillment import shipped_shipment
from tests.factories.orders import NOW, placed_order, registered_customer
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db
BY = {"actor": SYSTEM_ACTOR, "now": NOW}


def page_of(order):
    return reverse("admin:orders_order_change", args=[order.pk])


def step(client, order, name, target=0, **data):
    return client.post(f"{page_of(order)}step/{name}/{target}/", data, follow=True)


@pytest.mark.req("BO-10")
def test_items_payments_parcels_and_story_stand_on_one_page(at_desk, client):
    at_desk("Manager")
    order = placed_order(payment_method="cod")

    page = client.get(page_of(order)).content.decode()
    assert "<br>Madanapalle 517325<br>Andhra Pradesh</address>" in page

    for part in ("Items", "Payments", "Shipments", "Timeline", "Next steps", order.number):
        assert part in page
    assert f'data-amount="{order.grand_total:f}"' in page


@pytest.mark.parametrize("key", ["\u00b2", "\u0663", "abc", "9" * 30, "-1", "1.5"])
def test_no_order_has_a_key_that_nobody_counts(at_desk, client, key):
    at_desk("Manager")

    assert client.get(f"/admin/orders/order/{key}/change/").status_code == 404


@pytest.mark.req("BO-10")
def test_the_page_asks_the_same_number_of_questions_for_one_line_and_ten(at_desk, client):
    at_desk("Manager")
    small = placed_order(payment_method="cod", key="a")
    wishes = [(sellable_variant(sku=f"W-{number}"), 1) for number in range(10)]
    large = placed_order(*wishes, payment_method="cod", key="b")
    client.get(page_of(small))

    def questions(order):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page_of(order)).status_code == 200
        return len(asked)

    assert questions(small) == questions(large)


@pytest.mark.req("BO-01")
def test_an_order_goes_from_packing_to_completed_by_buttons(at_desk, client):
    at_desk("Manager")
    Carrier.objects.get_or_create(code="bluedart", defaults={"name": "Blue Dart"})
    order = placed_order(payment_method="cod")
    fulfillment.create_shipments(order_id=order.pk, **BY)
    parcel = Shipment.objects.get()

    step(client, order, "pack", parcel.pk)
    step(client, order, "ship", parcel.pk, carrier_code="bluedart", tracking_number="BD123")
    step(client, order, "bring-out", parcel.pk)
    step(client, order, "deliver", parcel.pk)
    step(client, order, "cash", order.payments.get().pk)
    step(client, order, "complete")

    order.refresh_from_db()
    parcel.refresh_from_db()
    assert (order.status, order.payment_status, order.fulfillment_status) == (
        "COMPLETED",
        "PAID",
        "DELIVERED",
    )
    assert parcel.tracking_number == "BD123"


@pytest.mark.req("ORD-03")
def test_completing_an_unpaid_order_names_the_open_amount(at_desk, client):
    at_desk("Manager")
    order = placed_order(payment_method="cod")
    page = client.get(page_of(order)).content.decode()

    answer = step(client, order, "complete")

    assert "step/cash/" in page
    assert "step/complete/" not in page

    order.refresh_from_db()
    assert order.status == "ACTIVATED"
    (said,) = answer.context["messages"]
    assert f"{order.grand_total:.2f}" in str(said)


def test_cancelling_asks_for_a_reason_and_says_when_it_is_too_late(at_desk, client):
    at_desk("Manager")
    order = placed_order(payment_method="cod")

    wrong = client.post(f"{page_of(order)}step/cancel/0/", {"reason": ""})
    step(client, order, "cancel", reason="OTHER", note="Asked by phone")

    order.refresh_from_db()
    assert wrong.status_code == 422
    assert order.status == "CANCELLED"


@pytest.mark.req("SEC-01")
@pytest.mark.parametrize(
    ("role", "name"),
    [("Warehouse", "cancel"), ("Auditor", "cancel"), ("Sales rep", "cash"), ("Seller", "complete")],
)
def test_a_step_outside_the_role_is_refused(at_desk, client, role, name):
    at_desk(role)
    order = placed_order(payment_method="cod")
    target = order.payments.get().pk if name == "cash" else 0

    answer = client.post(f"{page_of(order)}step/{name}/{target}/", {"reason": "OTHER"})

    order.refresh_from_db()
    assert answer.status_code in {403, 404}
    assert order.status == "ACTIVATED"


def test_a_step_cannot_name_another_orders_payment(at_desk, client):
    at_desk("Manager")
    order = placed_order(payment_method="cod", key="a")
    other = placed_order(payment_method="cod", key="b", email="other@example.com")

    answer = client.post(f"{page_of(order)}step/cash/{other.payments.get().pk}/")

    assert answer.status_code == 404
    assert other.payments.get().state == "PENDING"


@pytest.mark.req("SEC-01")
def test_a_seller_sees_the_lines_sold_of_own_products_only(at_desk, client):
    seller = at_desk("Seller")
    mine = sellable_variant(sku="MINE-1")
    mine.product.owner = seller
    mine.product.save()
    theirs = sellable_variant(sku="THEIRS-1")
    shared = placed_order((mine, 1), (theirs, 1), payment_method="cod", key="a")
    foreign = placed_order((theirs, 1), payment_method="cod", key="b")

    page = client.get(page_of(shared)).content.decode()
    listed = client.get(reverse("admin:orders_order_changelist")).content.decode()

    assert "MINE-1" in page
    assert "THEIRS-1" not in page
    assert shared.email not in page
    assert client.get(page_of(foreign)).status_code == 404
    assert shared.number in listed
    assert foreign.number not in listed


@pytest.mark.req("SEC-01", "SEC-08")
def test_a_sellers_list_names_no_buyer_and_adds_up_own_lines_only(at_desk, client):
    seller = at_desk("Seller")
    mine = sellable_variant(sku="MINE-1", price="300.00")
    mine.product.owner = seller
    mine.product.save()
    theirs = sellable_variant(sku="THEIRS-1", price="400.00")
    shared = placed_order((mine, 1), (theirs, 1), payment_method="cod", key="a")
    address = reverse("admin:orders_order_changelist")

    listed = client.get(address)

    own = shared.lines.get(sku="MINE-1").total
    assert [sum_ for _currency, sum_ in listed.context["sums"]] == [own]
    assert f'data-amount="{own:f}"' in listed.content.decode()
    assert f'data-amount="{shared.grand_total:f}"' not in listed.content.decode()
    assert shared.full_name not in listed.content.decode()
    for text in (shared.email, shared.full_name, shared.phone, "THEIRS-1"):
        assert shared.number not in client.get(address, {"q": text}).content.decode(), text
    for text in (shared.number, "mine-1"):
        assert shared.number in client.get(address, {"q": text}).content.decode(), text


@pytest.mark.req("SEC-08")
def test_a_seller_reads_no_story_of_orders_and_no_past_of_foreign_goods(at_desk, client):
    seller = at_desk("Seller")
    mine = sellable_variant(sku="MINE-1")
    mine.product.owner = seller
    mine.product.save()
    theirs = sellable_variant(sku="THEIRS-1")
    order = placed_order((mine, 1), payment_method="cod")
    # Even where the role was given the permission by hand.
    seller.user_permissions.add(Permission.objects.get(codename="view_timelineentry"))
    entry = TimelineEntry.objects.filter(thread_key=order.key).first()

    stories = client.get(reverse("admin:core_timelineentry_changelist"))
    story = client.get(reverse("admin:core_timelineentry_change", args=[entry.pk]))

    assert list(stories.context["cl"].result_list) == []
    assert story.status_code == 302
    for variant, status in ((mine, 200), (theirs, 404)):
        product, price = variant.product, variant.prices.get()
        past = (
            reverse("admin:catalog_product_history", args=[product.pk]),
            reverse("admin:price_lists_price_history", args=[price.pk]),
        )
        assert [client.get(address).status_code for address in past] == [status, status]
    version = theirs.product.history.first()
    address = reverse("admin:catalog_product_simple_history", args=[theirs.product.pk, version.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, {"name": "Mine now"}).status_code == 404


@pytest.mark.req("ORD-02")
def test_a_parcel_arrives_even_after_its_paid_order_was_closed(at_desk, client):
    at_desk("Manager")
    order = placed_order(payment_method="cod")
    parcel = shipped_shipment(order)
    step(client, order, "cash", order.payments.get().pk)
    step(client, order, "complete")

    offered = client.get(page_of(order)).content.decode()
    step(client, order, "bring-out", parcel.pk)
    step(client, order, "deliver", parcel.pk)

    order.refresh_from_db()
    assert "Out for delivery" in offered
    assert "Create shipments" not in offered
    assert (order.status, order.fulfillment_status) == ("COMPLETED", "DELIVERED")


@pytest.mark.req("PAY-02", "NOT-03")
def test_cash_that_is_handed_back_is_confirmed_by_a_button(at_desk, client):
    at_desk("Manager")
    order = placed_order(payment_method="cod")
    payment = order.payments.get()
    step(client, order, "cash", payment.pk)
    step(client, order, "refund", payment.pk, amount="40.00", reason="Scratched")
    refund = payment.refunds.get()

    offered = client.get(page_of(order)).content.decode()
    step(client, order, "refund-handed-over", refund.pk)

    assert "Refund handed over" in offered
    assert f'value="{payment.amount - 40:.2f}"' in offered
    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.state, order.payment_status) == ("DONE", "PART_REFUNDED")
    assert Message.objects.filter(kind="refund").count() == 1
    assert "Refund handed over" not in client.get(page_of(order)).content.decode()


@pytest.mark.req("PAY-02")
def test_a_refund_that_its_gateway_refused_is_tried_again_by_a_button(at_desk, client):
    at_desk("Manager")
    order = placed_order(payment_method="card", key="a")
    other = placed_order(payment_method="cod", key="b", email="other@example.com")
    payment = order.payments.get()
    payment.captured_amount = payment.amount
    payment.save()
    refund = payment.refunds.create(
        amount=10, state="FAILED", attempts=8, failure_message="no", created_at=NOW
    )

    handed = step(client, order, "refund-handed-over", refund.pk).content.decode()
    foreign = client.post(f"{page_of(other)}step/refund-again/{refund.pk}/")
    offered = client.get(page_of(order)).content.decode()
    step(client, order, "refund-again", refund.pk)

    assert "confirms this refund itself" in handed
    assert foreign.status_code == 404
    assert "Try refund again" in offered
    refund.refresh_from_db()
    assert (refund.state, refund.attempts) == ("PENDING", 0)


@pytest.mark.req("NOT-02")
def test_a_delay_is_reported_by_a_button_while_the_parcel_is_under_way(at_desk, client):
    at_desk("Warehouse")
    order = placed_order(payment_method="cod")
    parcel = shipped_shipment(order)

    empty = client.post(f"{page_of(order)}step/delay/{parcel.pk}/", {"reason": ""})
    step(client, order, "delay", parcel.pk, reason="Snow")

    assert empty.status_code == 422
    assert [message.kind for message in Message.objects.filter(kind="delayed")] == ["delayed"]


@pytest.mark.req("ORD-12")
def test_an_order_is_found_by_each_of_its_keys(at_desk, client):
    at_desk("Manager")
    Carrier.objects.get_or_create(code="bluedart", defaults={"name": "Blue Dart"})
    shoes = sellable_variant(sku="SHOE-77")
    order = placed_order((shoes, 1), payment_method="cod", key="a")
    other = placed_order(
        payment_method="cod", key="b", email="other@example.com", full_name="Zoya Khan",
        phone="+919000000000",
    )  # fmt: skip
    fulfillment.create_shipments(order_id=order.pk, **BY)
    parcel = Shipment.objects.get(order=order)
    fulfillment.mark_packed(shipment_id=parcel.pk, **BY)
    fulfillment.mark_shipped(
        shipment_id=parcel.pk, carrier_code="bluedart", tracking_number="TRK-9", **BY
    )

    for text in (order.number, "asha@example.com", "+919876543210", "Asha Rao", "SHOE-77", "TRK-9"):
        page = client.get(reverse("admin:orders_order_changelist"), {"q": text}).content.decode()
        assert order.number in page, text
        assert other.number not in page, text


def test_the_list_asks_the_same_number_of_questions_for_one_and_ten(at_desk, client):
    at_desk("Manager")
    address = reverse("admin:orders_order_changelist")
    customer = registered_customer()
    placed_order(customer=customer, payment_method="cod", key="0")
    client.get(address)

    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    one = questions()
    for number in range(1, 10):
        placed_order(customer=customer, payment_method="cod", key=str(number))

    assert questions() == one
