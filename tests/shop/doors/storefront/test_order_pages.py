"""Thank-you, tracking, history and cancelling: each shows exactly one person's orders."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop.sales.orders import links
from tests.factories.orders import placed_order, registered_customer
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return registered_customer()


def test_a_stranger_sees_no_thank_you_page(client):
    order = placed_order(payment_method="cod")

    assert client.get(f"/orders/{order.number}/thanks/").status_code == 404


@pytest.mark.req("ACC-13")
def test_number_and_email_open_the_order(client):
    order = placed_order(payment_method="cod", now=timezone.now())

    answer = client.post(
        "/orders/track/", {"number": order.number.lower(), "email": "ASHA@example.com"}
    )

    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert order.number in page.content.decode()


@pytest.mark.req("ACC-13")
def test_a_wrong_pair_reads_like_an_unknown_order(client):
    order = placed_order(payment_method="cod")

    wrong = client.post("/orders/track/", {"number": order.number, "email": "x@example.com"})
    unknown = client.post("/orders/track/", {"number": "261121-ZZZZZZ", "email": "x@example.com"})

    assert wrong.status_code == unknown.status_code == 422
    text = "We found no order with this number and e-mail."
    assert text in wrong.content.decode()
    assert text in unknown.content.decode()


@pytest.mark.req("ACC-13")
def test_an_old_or_forged_link_opens_nothing(client):
    order = placed_order(payment_method="cod")
    old = links.tracking_token(order, now=timezone.now() - timedelta(days=91))
    good = links.tracking_token(order, now=timezone.now() - timedelta(days=89))

    assert client.get(f"/orders/track/{good}/").status_code == 200
    assert client.get(f"/orders/track/{old}/").status_code == 404
    assert client.get(f"/orders/track/{good[:-1]}x/").status_code == 404


@pytest.mark.req("ACC-04")
@pytest.mark.parametrize(
    "span", ["since=0001-01-01", "until=9999-12-31", "since=9999-12-31", "since=31/31/2026"]
)
def test_a_day_beyond_every_calendar_is_not_applied_but_the_rest_is(client, customer, span):
    order = placed_order(payment_method="cod", customer=customer, now=timezone.now())
    client.force_login(customer.user)

    found = client.get(f"/account/orders/?status=ACTIVATED&{span}")
    other = client.get(f"/account/orders/?status=CANCELLED&{span}")

    assert found.status_code == other.status_code == 200
    assert order.number in found.content.decode()
    assert order.number not in other.content.decode()


@pytest.mark.req("ACC-04")
def test_who_is_signed_out_is_asked_to_sign_in_before_an_order_is_shown(client, customer):
    order = placed_order(payment_method="cod", customer=customer, now=timezone.now())

    shown = client.get(f"/account/orders/{order.number}/")
    unknown = client.get("/account/orders/261121-ZZZZZZ/")
    cancelled = client.post(f"/orders/{order.number}/cancel/", {"reason": "CHANGED_MIND"})

    assert shown["Location"] == f"/account/login/?next=/account/orders/{order.number}/"
    assert unknown["Location"] == "/account/login/?next=/account/orders/261121-ZZZZZZ/"
    assert cancelled["Location"] == f"/account/login/?next=/orders/{order.number}/cancel/"
    order.refresh_from_db()
    assert order.status == "ACTIVATED"


@pytest.mark.req("SHOP-24")
def test_dates_of_an_order_are_written_as_in_india(client, customer):
    order = placed_order(
        payment_method="cod", customer=customer, now=datetime(2026, 11, 21, 9, tzinfo=UTC)
    )
    client.force_login(customer.user)

    page = client.get(f"/account/orders/{order.number}/").content.decode()
    history = client.get("/account/orders/").content.decode()

    assert page.count("21/11/2026 14:30") >= 2
    assert ">21/11/2026<" in history


@pytest.mark.req("ACC-05")
def test_the_status_answers_304_until_something_happens_and_ends_when_it_is_over(client):
    order = placed_order(payment_method="cod", now=timezone.now())
    url = f"/orders/track/{links.tracking_token(order)}/status/"

    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    order.status = "CANCELLED"
    order.updated_at = timezone.now() + timedelta(seconds=1)
    order.save()
    last = client.get(url, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, last.status_code) == (200, 304, 286)


@pytest.mark.req("ACC-04")
def test_another_customers_order_answers_404(client, customer):
    mine = placed_order(customer=customer, payment_method="cod")
    theirs = placed_order(payment_method="cod", email="other@example.com", key="second")
    client.force_login(customer.user)

    assert client.get(f"/account/orders/{mine.number}/").status_code == 200
    assert client.get(f"/account/orders/{theirs.number}/").status_code == 404
    assert client.post(f"/orders/{theirs.number}/cancel/", {}).status_code == 404


@pytest.mark.req("ACC-04")
def test_history_searches_and_filters(client, customer):
    shoes = sellable_variant(sku="SHOE-1")
    first = placed_order((shoes, 1), customer=customer, payment_method="cod", key="a")
    second = placed_order(customer=customer, payment_method="card", key="b")
    client.force_login(customer.user)

    def shown(query):
        page = client.get(f"/account/orders/?{query}").content.decode()
        return {number for number in (first.number, second.number) if number in page}

    assert shown("") == {first.number, second.number}
    assert shown("q=shoe-1") == {first.number}
    assert shown("status=DRAFT") == {second.number}
    assert shown("since=2026-11-22") == set()
    assert shown("status=nonsense&page=99") == {first.number, second.number}


@pytest.mark.req("ACC-04")
def test_history_asks_the_same_number_of_questions_for_one_and_ten(client, customer):
    client.force_login(customer.user)
    client.get("/account/orders/")  # the first page of a session also notes the session

    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/account/orders/").status_code == 200
        return len(asked)

    placed_order(customer=customer, payment_method="cod", key="0")
    one = questions()
    for number in range(1, 10):
        placed_order(customer=customer, payment_method="cod", key=str(number))

    assert questions() == one


def test_a_customer_cancels_until_it_is_packed(client, customer):
    order = placed_order(customer=customer, payment_method="cod")
    client.force_login(customer.user)

    empty = client.post(f"/orders/{order.number}/cancel/", {})
    done = client.post(f"/orders/{order.number}/cancel/", {"reason": "CHANGED_MIND"})

    order.refresh_from_db()
    assert empty.status_code == 422
    assert done.status_code == 302
    assert order.status == "CANCELLED"


def test_a_guest_cancels_by_the_signed_link(client):
    order = placed_order(payment_method="cod", now=timezone.now())
    token = links.tracking_token(order)

    client.post(f"/orders/track/{token}/cancel/", {"reason": "OTHER", "note": "Too many"})

    order.refresh_from_db()
    assert order.status == "CANCELLED"


@pytest.mark.req("ORD-02")
def test_pages_show_the_status_in_words(client, customer):
    order = placed_order(customer=customer, payment_method="cod")
    client.force_login(customer.user)

    page = client.get(f"/account/orders/{order.number}/").content.decode()

    assert 'data-status="ACTIVATED"' in page
    assert "We are preparing your order" in page


def test_the_page_to_cancel_says_that_an_order_is_cancelled_already(client, customer):
    order = placed_order(payment_method="cod", customer=customer, now=timezone.now())
    client.force_login(customer.user)
    client.post(f"/orders/{order.number}/cancel/", {"reason": "CHANGED_MIND"})

    page = client.get(f"/orders/{order.number}/cancel/").content.decode()

    assert "This order is cancelled already." in page
    assert "packed" not in page
