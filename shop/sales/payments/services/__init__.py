"""What can be done with a payment; each verb is one transaction, network calls stand outside."""

from shop.sales.payments.services.cash import confirm_cash
from shop.sales.payments.services.history import record_past_payments
from shop.sales.payments.services.notices import handle_webhook, receive_notice
from shop.sales.payments.services.opening import (
    cancel_open_payments,
    open_payment,
    open_payment_of,
    retry_payment,
    start,
)
from shop.sales.payments.services.refunds import (
    confirm_refund,
    fail_refund,
    refund,
    refund_everything,
    retry_refund,
    send_refund,
    settle_refund,
)

__all__ = [
    "cancel_open_payments",
    "confirm_cash",
    "confirm_refund",
    "fail_refund",
    "handle_webhook",
    "open_payment",
    "open_payment_of",
    "receive_notice",
    "record_past_payments",
    "refund",
    "refund_everything",
    "retry_payment",
    "retry_refund",
    "send_refund",
    "settle_refund",
    "start",
]
