"""Payments and what gateways say about them."""

import json
from datetime import UTC, datetime

from shop.core.keys import new_key
from shop.core.models import InboxMessage
from shop.sales.payments import services, simulator
from shop.sales.payments.models import Payment
from shop.sales.payments.services.notices import INBOX_SOURCE

NOW = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def started_payment(order, *, now=NOW) -> Payment:
    """The last payment of an order, known to its gateway."""
    payment = Payment.objects.filter(order=order).latest("pk")
    services.start(payment_id=payment.pk, now=now)
    payment.refresh_from_db()
    return payment


def notice_body(payment, status="paid", *, now=NOW, **changes) -> bytes:
    """What the gateway simulator writes about a payment."""
    return json.dumps(
        {
            "id": f"evt_{new_key()}",
            "reference": payment.reference,
            "status": status,
            "amount": str(payment.amount),
            "currency": payment.currency,
            "order_number": payment.order.number,
            "occurred_at": now.isoformat(),
            **changes,
        }
    ).encode()


def tell(payment, status="paid", *, now=NOW, **changes) -> str:
    """Have a verified message stored and handled; answers the result."""
    body = notice_body(payment, status, now=now, **changes)
    return tell_body(body, now=now)


def tell_body(body: bytes, *, now=NOW) -> str:
    """The same with a body that was written before."""
    services.receive_notice(
        gateway="testpay",
        external_id=json.loads(body)["id"],
        body=body.decode(),
        headers={},
        now=now,
    )
    return handle_waiting(now=now)


def handle_waiting(*, now=NOW) -> str:
    """Handle what lies in the inbox; answers the last result."""
    result = ""
    for pk in (
        InboxMessage.objects.filter(source=f"{INBOX_SOURCE}testpay", handled_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    ):
        result = services.handle_webhook(inbox_id=pk, now=now)
    return result


def post_webhook(client, body: bytes, *, now, **headers):
    """Send a signed message to the door."""
    signed = simulator.signed_headers(body, now) | headers
    return client.post(
        "/api/v1/webhooks/testpay/",
        data=body,
        content_type=signed.pop("Content-Type"),
        headers=signed,
    )
