"""Questions about payments."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from shop.core.statements import Statement
from shop.sales.payments.exceptions import PaymentNotFound
from shop.sales.payments.models import Payment, PaymentState, Refund, RefundState, SimulatorDelivery

MOST_DELIVERY_ATTEMPTS = 6
RETRYABLE = frozenset({PaymentState.FAILED, PaymentState.CANCELLED, PaymentState.PENDING})


def get_payment(key: str) -> Payment:
    """The payment with this key."""
    payment = Payment.objects.select_related("order").filter(key=key[:26]).first()
    if payment is None:
        raise PaymentNotFound
    return payment


def find_by_reference(gateway: str, reference: str) -> Payment | None:
    """The payment that a gateway calls by this name, or nothing."""
    if not reference or len(reference) > 100:
        return None
    return (
        Payment.objects.select_related("order").filter(gateway=gateway, reference=reference).first()
    )


def payments_of(order_id: int) -> QuerySet[Payment]:
    """The payments of an order, the oldest first, with their refunds."""
    return Payment.objects.filter(order_id=order_id).prefetch_related("refunds").order_by("pk")


TRIES = Statement(lambda order_id: Payment.objects.filter(order_id=order_id).order_by("pk"))


def tries_of(order_id: int) -> list[Payment]:
    """The payments of an order as its buyer sees them: what is refunded, each says itself."""
    return TRIES.all(order_id=order_id)


def latest_payment(order_id: int) -> Payment | None:
    """The last try to collect money for an order."""
    return Payment.objects.filter(order_id=order_id).order_by("-pk").first()


def surplus_payments() -> QuerySet[Payment]:
    """Payments that nobody needed and that have not been sent back in full."""
    return Payment.objects.filter(
        is_surplus=True, state__in=[PaymentState.PAID, PaymentState.PART_REFUNDED]
    ).order_by("-captured_at")


def refunds_due(now: datetime, limit: int = 200) -> list[int]:
    """Refunds through a gateway whose next try is due."""
    due = Refund.objects.filter(state=RefundState.PENDING, next_try_at__lte=now)
    through_gateway = due.exclude(payment__gateway="")
    return list(through_gateway.order_by("next_try_at").values_list("pk", flat=True)[:limit])


def deliveries_due(now: datetime, limit: int = 200) -> list[int]:
    """Webhooks of the simulator whose time has come."""
    due = SimulatorDelivery.objects.filter(
        sent_at__isnull=True, attempts__lt=MOST_DELIVERY_ATTEMPTS, next_try_at__lte=now
    )
    return list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])


def orders_unpaid_too_long(
    now: datetime, *, order_ids: Collection[int] | None = None, limit: int = 200
) -> list[int]:
    """Draft orders whose every open payment has run out; of the given ones, or of all."""
    waiting = (PaymentState.PENDING, PaymentState.FAILED)
    over = Payment.objects.filter(state__in=waiting, expires_at__lte=now, order__status="DRAFT")
    if order_ids is not None:
        over = over.filter(order_id__in=order_ids)
    still_open = Payment.objects.filter(
        order_id=OuterRef("order_id"),
        state__in=(*waiting, PaymentState.AUTHORIZED),
        expires_at__gt=now,
    )
    pks = over.exclude(Exists(still_open)).order_by("order_id")
    return list(pks.values_list("order_id", flat=True).distinct()[:limit])
