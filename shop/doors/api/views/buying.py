"""Carts, checkouts and the order that comes of them."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shop.core.keys import new_key
from shop.directory.geography.addresses import PostalAddress
from shop.doors.api import bodies
from shop.doors.api.authentication import actor_of
from shop.doors.api.frame import ANYBODY_WITH_A_KEY, ApiView, idempotency_key, once
from shop.doors.api.shapes import (
    CartIn,
    CartLineIn,
    CheckoutIn,
    OrderIn,
    QuantityIn,
    address_from,
)
from shop.goods.catalog import selectors as catalog
from shop.sales.cart import selectors as cart_selectors
from shop.sales.cart import services as carts
from shop.sales.cart.exceptions import CartNotFound, NotSellable
from shop.sales.cart.models import Cart
from shop.sales.cart.quantities import parse_quantity
from shop.sales.checkout import selectors as checkout_selectors
from shop.sales.checkout import services as checkout
from shop.sales.checkout.dataclasses import Purchase
from shop.sales.orders.selectors import get_order
from shop.sales.payments import selectors as payment_selectors
from shop.sales.payments import services as payments

CHANNEL = "API"
CREATED = 201
OK = 200


def _guest_cart(key: str) -> Cart:
    """A cart that belongs to no customer yet: its key alone opens it."""
    cart = cart_selectors.find_cart(key)
    if cart is None or cart.customer_id is not None:
        raise CartNotFound
    return cart


def _body(cart: Cart) -> bodies.Body:
    now = timezone.now()
    held = checkout_selectors.held_units(cart.pk, now)
    return bodies.cart(cart_selectors.cart_view(cart.pk, now, held=held))


class Carts(ApiView):
    """New carts."""

    scopes = {"POST": ANYBODY_WITH_A_KEY}

    @extend_schema(request=CartIn, responses={CREATED: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Open a cart."""
        given = CartIn(data=request.data)
        given.is_valid(raise_exception=True)

        def work() -> tuple[int, dict[str, Any]]:
            currency = given.validated_data["currency"]
            cart = carts.open_cart(
                customer_id=None, currency=currency, now=timezone.now(), channel=CHANNEL
            )
            return CREATED, _body(cart)

        return once(request, work)


class OneCart(ApiView):
    """A cart by its key."""

    scopes = {"GET": ANYBODY_WITH_A_KEY}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, key: str) -> Response:
        """Answer a cart with today's prices, stock and sums."""
        return Response(_body(_guest_cart(key)))


class CartLines(ApiView):
    """What goes into a cart."""

    scopes = {"POST": ANYBODY_WITH_A_KEY}

    @extend_schema(request=CartLineIn, responses={CREATED: OpenApiTypes.OBJECT})
    def post(self, request: Request, key: str) -> Response:
        """Put units of a SKU into a cart."""
        given = CartLineIn(data=request.data)
        given.is_valid(raise_exception=True)
        quantity = parse_quantity(given.validated_data["quantity"])
        sku = given.validated_data["sku"]

        def work() -> tuple[int, dict[str, Any]]:
            cart = _guest_cart(key)
            variant_id = catalog.variant_ids_by_sku([sku]).get(sku)
            if variant_id is None:
                raise NotSellable
            carts.add_line(
                cart_id=cart.pk,
                variant_id=variant_id,
                quantity=quantity,
                actor=actor_of(request),
                now=timezone.now(),
            )
            return CREATED, _body(cart)

        return once(request, work)


class OneCartLine(ApiView):
    """One line of a cart."""

    scopes = {"PATCH": ANYBODY_WITH_A_KEY, "DELETE": ANYBODY_WITH_A_KEY}

    @extend_schema(request=QuantityIn, responses=OpenApiTypes.OBJECT)
    def patch(self, request: Request, key: str, line_key: str) -> Response:
        """Change the quantity of a line."""
        given = QuantityIn(data=request.data)
        given.is_valid(raise_exception=True)
        quantity = parse_quantity(given.validated_data["quantity"])

        def work() -> tuple[int, dict[str, Any]]:
            cart = _guest_cart(key)
            carts.set_quantity(
                cart_id=cart.pk,
                line_key=line_key,
                quantity=quantity,
                actor=actor_of(request),
                now=timezone.now(),
            )
            return OK, _body(cart)

        return once(request, work)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def delete(self, request: Request, key: str, line_key: str) -> Response:
        """Take a line out of a cart."""

        def work() -> tuple[int, dict[str, Any]]:
            cart = _guest_cart(key)
            carts.remove_line(
                cart_id=cart.pk, line_key=line_key, actor=actor_of(request), now=timezone.now()
            )
            return OK, _body(cart)

        return once(request, work)


class Checkouts(ApiView):
    """New visits to the till."""

    scopes = {"POST": ANYBODY_WITH_A_KEY}

    @extend_schema(request=CheckoutIn, responses={CREATED: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        """Start checkout: hold the goods of a cart for a while."""
        given = CheckoutIn(data=request.data)
        given.is_valid(raise_exception=True)

        def work() -> tuple[int, dict[str, Any]]:
            cart = _guest_cart(given.validated_data["cart"])
            row = checkout.begin(cart_id=cart.pk, actor=actor_of(request), now=timezone.now())
            return CREATED, bodies.checkout(row)

        return once(request, work)


class OneCheckout(ApiView):
    """A visit to the till by its key."""

    scopes = {"GET": ANYBODY_WITH_A_KEY}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, key: str) -> Response:
        """Answer a checkout."""
        row = checkout_selectors.find_checkout(key)
        if row is None:
            raise Http404
        return Response(bodies.checkout(row))


def place(request: Request) -> Response:
    """Place an order: once for each Idempotency-Key, and the first answer every time after."""
    given = OrderIn(data=request.data)
    given.is_valid(raise_exception=True)
    placed = checkout.place_order(
        purchase=_purchase(given.validated_data),
        actor=actor_of(request),
        idempotency_key=idempotency_key(request) or new_key(),
        now=timezone.now(),
    )
    payment = payment_selectors.get_payment(placed.payment_key)
    if placed.needs_redirect and not payment.reference and payment.state == "PENDING":
        payments.start(payment_id=payment.pk, now=timezone.now())
        payment.refresh_from_db()
    order = get_order(placed.number)
    body = bodies.order(order, order.lines.order_by("position"), order.addresses.all())
    body["payment"] = bodies.payment(payment, is_admin=False)
    return Response(body, status=CREATED)


def _purchase(given: dict[str, Any]) -> Purchase:
    shipping = address_from(given["shipping_address"])
    billing: PostalAddress = (
        address_from(given["billing_address"]) if "billing_address" in given else shipping
    )
    return Purchase(
        cart_key=given["cart"],
        checkout_key=given["checkout"],
        email=given["email"],
        full_name=given["full_name"],
        phone=given["phone"],
        billing=billing,
        shipping=shipping,
        shipping_code=given["shipping_method"],
        payment_method=given["payment_method"],
        expected_total=given["expected_total"],
        channel=CHANNEL,
        note=given["note"],
    )
