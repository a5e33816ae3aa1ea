"""Messages from outside: signed, stored once, answered; and the page where a demo "pays"."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
import requests
from django.test import Client
from django.utils import timezone

from shop.core.models import InboxMessage
from shop.sales.fulfillment import tracking
from shop.sales.orders.models import Order
from shop.sales.payments import tasks
from shop.sales.payments.gateways import signatures
from shop.sales.payments.models import PaymentEntry, SimulatorDelivery
from tests.factories.fulfillment import shipped_shipment
from tests.factories.orders import placed_order
from tests.factories.payments import notice_body, post_webhook, started_payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def jobs_run(django_capture_on_commit_callbacks):
    """Runs what waits for commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def gateway_reaches_us(monkeypatch):
    """Carries the simulator's calls to the test client; the network is the edge."""
    sent = []

    def post(url, data, headers, timeout, allow_redirects):
        sent.append(url)
        answer = Client().post(
            url.removeprefix("http://127.0.0.1:8000"),
            data=data,
            content_type=headers["Content-Type"],
            headers={name: text for name, text in headers.items() if name != "Content-Type"},
        )
        response = requests.Response()
        response.status_code = answer.status_code
        return response

    monkeypatch.setattr(requests, "post", post)
    return sent


def paid_order(**changes):
    order = placed_order(now=timezone.now(), **changes)
    return order, started_payment(order)


@pytest.mark.req("PAY-03", "PAY-11")
def test_a_signed_message_is_stored_and_handled_by_a_job(client, jobs_run):
    order, payment = paid_order()

    with jobs_run():
        response = post_webhook(client, notice_body(payment), now=timezone.now())

    order.refresh_from_db()
    assert (response.status_code, response.json()) == (200, {"received": True, "is_new": True})
    assert (order.status, order.payment_status) == ("ACTIVATED", "PAID")


@pytest.mark.req("PAY-11")
def test_a_message_that_comes_three_times_is_answered_and_booked_once(client, jobs_run):
    _, payment = paid_order()
    body = notice_body(payment)

    answers = []
    for _ in range(3):
        with jobs_run():
            answers.append(post_webhook(client, body, now=timezone.now()).status_code)

    assert answers == [200, 200, 200]
    assert PaymentEntry.objects.filter(payment=payment).count() == 1
    assert InboxMessage.objects.filter(source="payments.testpay").count() == 1


def forged(payment, forgery):
    """A message and headers that nobody who knows the secret has made."""
    now = timezone.now()
    body = notice_body(payment)
    secret = signatures.secret_of("testpay")
    headers = {"X-Testpay-Signature": signatures.sign(secret=secret, body=body, now=now)}
    if forgery == "other secret":
        wrong = signatures.sign(secret=b"guessed", body=body, now=now)
        headers = {"X-Testpay-Signature": wrong}
    elif forgery == "changed body":
        body = body.replace(b"149", b"001")
    elif forgery == "too old":
        old = signatures.sign(secret=secret, body=body, now=now - timedelta(minutes=6))
        headers = {"X-Testpay-Signature": old}
    elif forgery == "none":
        headers = {}
    elif forgery == "nonsense":
        headers = {"X-Testpay-Signature": "t=ä,v1=,,,"}
    return body, headers


@pytest.mark.req("PAY-03")
@pytest.mark.parametrize("forgery", ["other secret", "changed body", "too old", "none", "nonsense"])
def test_a_forged_message_is_refused_logged_and_changes_nothing(client, caplog, forgery):
    order, payment = paid_order()
    body, headers = forged(payment, forgery)

    response = client.post(
        "/api/v1/webhooks/testpay/",
        data=body,
        content_type="application/json",
        headers=headers,
    )

    order.refresh_from_db()
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:store:problem:bad-signature"
    assert order.payment_status == "PENDING"
    assert not InboxMessage.objects.filter(source="payments.testpay").exists()
    assert "Webhook refused" in caplog.text


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b'{"id": 1}', b"\xff\xfe", b'{"id": "x", "status": "eaten"}'],
)
def test_a_signed_message_that_cannot_be_read_is_refused(client, body):
    response = post_webhook(client, body, now=timezone.now())

    assert response.status_code == 400
    assert not InboxMessage.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"amount": "NaN"}, {"amount": "Infinity"}, {"amount": "x"}, {"id": "x" * 201}, {"id": None}],
)
def test_a_signed_message_with_impossible_values_is_refused(client, changes):
    _, payment = paid_order()

    response = post_webhook(client, notice_body(payment, **changes), now=timezone.now())

    assert response.status_code == 400
    assert not InboxMessage.objects.exists()


def test_a_message_of_ten_megabytes_is_refused_unread(client):
    response = post_webhook(client, b"x" * 10_000_000, now=timezone.now())

    assert response.status_code == 413
    assert response.json()["title"] == "The request is too large"


def test_nobody_else_sends_messages(client, settings):
    unknown = client.post("/api/v1/webhooks/somebody/", data=b"{}", content_type="text/plain")
    settings.PAYMENTS_TEST_GATEWAY = False
    switched_off = post_webhook(client, b"{}", now=timezone.now())

    assert (unknown.status_code, switched_off.status_code) == (404, 404)


def test_a_carrier_tells_of_delivery(client, jobs_run):
    order = placed_order(payment_method="cod")
    parcel = shipped_shipment(order)
    body = json.dumps(
        {
            "id": "scan-1",
            "carrier": "bluebird",
            "tracking_number": parcel.tracking_number,
            "status": "delivered",
        }
    ).encode()
    secret = signatures.secret_of(tracking.SOURCE)
    now = timezone.now()

    with jobs_run():
        response = client.post(
            "/api/v1/webhooks/testship/",
            data=body,
            content_type="application/json",
            headers={tracking.SIGNATURE_HEADER: signatures.sign(secret=secret, body=body, now=now)},
        )

    parcel.refresh_from_db()
    assert (response.status_code, parcel.state) == (200, "DELIVERED")


@pytest.mark.req("PAY-14")
def test_the_page_of_the_simulator_offers_all_six_outcomes(client):
    _, payment = paid_order()

    response = client.get(payment.redirect_url)

    page = response.content.decode()
    assert response.status_code == 200
    for outcome in ("success", "decline", "three_d", "timeout", "late", "duplicate"):
        assert f'value="{outcome}"' in page
    assert 'data-amount="149.00"' in page


@pytest.mark.req("PAY-14")
@pytest.mark.parametrize(
    ("outcome", "calls", "order_state", "payment_state"),
    [
        ("success", 1, "ACTIVATED", "PAID"),
        ("decline", 1, "DRAFT", "FAILED"),
        ("timeout", 0, "DRAFT", "PENDING"),
        ("duplicate", 3, "ACTIVATED", "PAID"),
        ("confirmed", 2, "ACTIVATED", "PAID"),
        ("rejected", 1, "DRAFT", "FAILED"),
    ],
)
def test_an_outcome_happens_by_signed_webhook_over_http(
    client, jobs_run, gateway_reaches_us, outcome, calls, order_state, payment_state
):
    order, payment = paid_order()

    with jobs_run(), jobs_run():
        response = client.post(payment.redirect_url, {"outcome": outcome})
    tasks.handle_waiting_notices(timezone.now())

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, f"/orders/{order.number}/thanks/")
    assert gateway_reaches_us == ["http://127.0.0.1:8000/api/v1/webhooks/testpay/"] * calls
    assert (order.status, payment.state) == (order_state, payment_state)
    assert PaymentEntry.objects.count() == (1 if payment_state == "PAID" else 0)


@pytest.mark.req("PAY-14")
def test_the_late_webhook_comes_seconds_later(client, gateway_reaches_us):
    order, payment = paid_order()
    client.post(payment.redirect_url, {"outcome": "late"})
    delivery = SimulatorDelivery.objects.get()

    early = tasks.deliver_due(delivery.next_try_at - timedelta(seconds=1))
    late = tasks.deliver_due(delivery.next_try_at)
    tasks.handle_waiting_notices(timezone.now())

    order.refresh_from_db()
    assert (early, late) == (0, 1)
    assert delivery.next_try_at - timezone.now() > timedelta(seconds=3)
    assert order.payment_status == "PAID"


@pytest.mark.req("PAY-14")
def test_three_d_secure_asks_for_a_second_step(client):
    _, payment = paid_order()

    response = client.post(payment.redirect_url, {"outcome": "three_d"})

    assert response.status_code == 200
    assert 'value="confirmed"' in response.content.decode()
    assert not SimulatorDelivery.objects.exists()


def test_a_webhook_that_does_not_get_through_is_sent_again(client, monkeypatch):
    _, payment = paid_order()
    client.post(payment.redirect_url, {"outcome": "success"})

    def unplugged(*args, **kwargs):
        raise requests.ConnectionError("no route")

    monkeypatch.setattr(requests, "post", unplugged)
    now = timezone.now()
    tasks.deliver_due(now)

    delivery = SimulatorDelivery.objects.get()
    assert (delivery.attempts, delivery.sent_at, delivery.last_error) == (1, None, "no route")
    assert delivery.next_try_at == now + timedelta(seconds=2)


@pytest.mark.parametrize("outcome", ["", "steal", "x" * 100_000])
def test_an_unknown_outcome_is_asked_for_again(client, outcome):
    _, payment = paid_order()

    response = client.post(payment.redirect_url, {"outcome": outcome})

    assert response.status_code == 422
    assert not SimulatorDelivery.objects.exists()


def test_the_page_of_a_finished_payment_leads_back_to_the_store(client, jobs_run):
    order, payment = paid_order()
    with jobs_run():
        post_webhook(client, notice_body(payment), now=timezone.now())

    response = client.post(payment.redirect_url, {"outcome": "decline"})

    assert response["Location"] == f"/orders/{order.number}/thanks/"
    assert not SimulatorDelivery.objects.exists()


@pytest.mark.parametrize("reference", ["tp_guessed", "x" * 300])
def test_a_guessed_payment_page_is_not_there(client, reference):
    assert client.get(f"/pay/test/{reference}/").status_code == 404


def test_without_the_simulator_there_is_no_page(client, settings):
    _, payment = paid_order()
    settings.PAYMENTS_TEST_GATEWAY = False

    assert client.get(payment.redirect_url).status_code == 404
    assert Order.objects.get().paid_total == Decimal(0)
