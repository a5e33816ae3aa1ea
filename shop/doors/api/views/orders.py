"""Orders, payments and parcels after the purchase."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shop.directory.access.policies import key_allows
from shop.doors.api import bodies
from shop.doors.api.authentication import ADMIN, actor_of, key_of
from shop.doors.api.frame import ANYBODY_WITH_A_KEY, ApiView, Pages, once
from shop.doors.api.shapes import CancelIn, OrderIn, PaymentIn, RefundIn, ShipIn
from shop.doors.api.views.buying import place
from shop.sales.amendments import services as amendments
from shop.sales.fulfillment import services as fulfillment
from shop.sales.fulfillment.exceptions import ShipmentNotFound
from shop.sales.fulfillment.models import Shipment
from shop.sales.orders import services as orders
from shop.sales.orders.models import Order
from shop.sales.orders.selectors import get_order
from shop.sales.payments import selectors as payment_selectors
from shop.sales.payments import services as payments

OK = 200
CREATED = 201


def _full(order: Order) -> bodies.Body:
    order.refresh_from_db()
    body = bodies.order(order, order.lines.order_by("position"), order.addresses.all())
    body["payments"] = [
        bodies.payment(row, is_admin=False)
        for row in payment_selectors.payments_of(order.pk).select_related("order")
    ]
    body["shipments"] = [bodies.shipment(row) for row in _shipments().filter(order=order)]
    return body


def _shipments() -> QuerySet[Shipment]:
    rows = Shipment.objects.select_related("order", "carrier")
    return rows.prefetch_related("lines__order_line").order_by("pk")


class Orders(ApiView):
    """All orders, and new ones."""

    scopes = {"POST": ANYBODY_WITH_A_KEY}

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="orders_list")
    def get(self, request: Request) -> Response:
        """List orders, the latest first."""
        pages = Pages()
        rows = Order.objects.prefetch_related("lines", "addresses")
        page = pages.paginate_queryset(rows, request, view=self) or []
        return pages.get_paginated_response(
            [bodies.order(row, row.lines.all(), row.addresses.all()) for row in page]
        )

    @extend_schema(request=OrderIn, responses={CREATED: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Place an order."""
        return place(request)


class OneOrder(ApiView):
    """An order by its number."""

    scopes = {"GET": ANYBODY_WITH_A_KEY}

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="orders_get")
    def get(self, request: Request, number: str) -> Response:
        """Answer an order with lines, addresses, payments and parcels."""
        return Response(_full(get_order(number)))


class OrderCancel(ApiView):
    """Calling an order off."""

    scopes = {"POST": ANYBODY_WITH_A_KEY}

    @extend_schema(request=CancelIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, number: str) -> Response:
        """Cancel a whole order while nothing of it is packed."""
        given = CancelIn(data=request.data)
        given.is_valid(raise_exception=True)
        order = get_order(number)

        def work() -> tuple[int, dict[str, Any]]:
            amendments.cancel_order(
                order_id=order.pk,
                reason=given.validated_data["reason"],
                note=given.validated_data["note"],
                actor=actor_of(request),
                now=timezone.now(),
            )
            return OK, _full(order)

        return once(request, work)


class OrderStep(ApiView):
    """A step along the table of states, for those who run the store."""

    step: Callable[..., Order] = staticmethod(orders.activate)

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, number: str) -> Response:
        """Take the step."""
        order = get_order(number)

        def work() -> tuple[int, dict[str, Any]]:
            type(self).step(order_id=order.pk, actor=actor_of(request), now=timezone.now())
            return OK, _full(order)

        return once(request, work)


class OrderActivate(OrderStep):
    """Making an order binding."""

    step = staticmethod(orders.activate)


class OrderComplete(OrderStep):
    """Closing an order."""

    step = staticmethod(orders.complete)


class OrderPayments(ApiView):
    """Further tries to pay an order."""

    scopes = {"POST": ANYBODY_WITH_A_KEY}

    @extend_schema(request=PaymentIn, responses={CREATED: OpenApiTypes.OBJECT})
    def post(self, request: Request, number: str) -> Response:
        """Ask for the open amount again, by the same or another method."""
        given = PaymentIn(data=request.data)
        given.is_valid(raise_exception=True)
        order = get_order(number)
        now = timezone.now()
        payment = payments.retry_payment(
            order_id=order.pk,
            method=given.validated_data["method"],
            actor=actor_of(request),
            now=now,
        )
        if payment.gateway:
            payments.start(payment_id=payment.pk, now=now)
            payment.refresh_from_db()
        return Response(bodies.payment(payment, is_admin=False), status=CREATED)


class OnePayment(ApiView):
    """A payment by its key."""

    scopes = {"GET": ANYBODY_WITH_A_KEY}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, key: str) -> Response:
        """Answer a payment; its reference only to an admin key."""
        payment = payment_selectors.get_payment(key)
        return Response(bodies.payment(payment, is_admin=key_allows(key_of(request), ADMIN)))


class PaymentCash(ApiView):
    """Cash that came in."""

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, key: str) -> Response:
        """Confirm that the cash of a payment was received."""
        payment = payment_selectors.get_payment(key)

        def work() -> tuple[int, dict[str, Any]]:
            row = payments.confirm_cash(
                payment_id=payment.pk, actor=actor_of(request), now=timezone.now()
            )
            return OK, bodies.payment(row, is_admin=True)

        return once(request, work)


class PaymentRefunds(ApiView):
    """Money that goes back."""

    @extend_schema(request=RefundIn, responses={CREATED: OpenApiTypes.OBJECT})
    def post(self, request: Request, key: str) -> Response:
        """Send back a part of a payment, or all of it."""
        given = RefundIn(data=request.data)
        given.is_valid(raise_exception=True)
        payment = payment_selectors.get_payment(key)

        def work() -> tuple[int, dict[str, Any]]:
            row = payments.refund(
                payment_id=payment.pk,
                amount=given.validated_data["amount"],
                reason=given.validated_data["reason"],
                actor=actor_of(request),
                now=timezone.now(),
            )
            return CREATED, {"key": row.key, "state": row.state}

        return once(request, work)


class Shipments(ApiView):
    """All parcels."""

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="shipments_list")
    def get(self, request: Request) -> Response:
        """List parcels, the latest first."""
        pages = Pages()
        page = pages.paginate_queryset(_shipments(), request, view=self) or []
        return pages.get_paginated_response([bodies.shipment(row) for row in page])


def _shipment(key: str) -> Shipment:
    row = _shipments().filter(key=key).first()
    if row is None:
        raise ShipmentNotFound
    return row


class OneShipment(ApiView):
    """A parcel by its key."""

    scopes = {"GET": ANYBODY_WITH_A_KEY}

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="shipments_get")
    def get(self, request: Request, key: str) -> Response:
        """Answer a parcel."""
        return Response(bodies.shipment(_shipment(key)))


class ShipmentShip(ApiView):
    """Handing a parcel over."""

    @extend_schema(request=ShipIn, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, key: str) -> Response:
        """Hand a parcel to its carrier."""
        given = ShipIn(data=request.data)
        given.is_valid(raise_exception=True)
        shipment = _shipment(key)

        def work() -> tuple[int, dict[str, Any]]:
            fulfillment.mark_shipped(
                shipment_id=shipment.pk,
                carrier_code=given.validated_data["carrier"],
                tracking_number=given.validated_data["tracking_number"],
                actor=actor_of(request),
                now=timezone.now(),
            )
            return OK, bodies.shipment(_shipment(key))

        return once(request, work)


class ShipmentDeliver(ApiView):
    """A parcel that arrived."""

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, key: str) -> Response:
        """Note that the customer has the parcel."""
        shipment = _shipment(key)

        def work() -> tuple[int, dict[str, Any]]:
            fulfillment.mark_delivered(
                shipment_id=shipment.pk, actor=actor_of(request), now=timezone.now()
            )
            return OK, bodies.shipment(_shipment(key))

        return once(request, work)
