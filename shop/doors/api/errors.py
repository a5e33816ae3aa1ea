"""Every refusal as a problem: which exception answers which status, in one table."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from shop.core.idempotency import IdempotencyConflict
from shop.core.workflow import TransitionRefused
from shop.doors.api.problems import CONTENT_TYPE, problem_body
from shop.goods.catalog import selectors as catalog
from shop.goods.inventory.exceptions import OutOfStock
from shop.pricing.totals.exceptions import ShippingNotOffered, UnsellableLines
from shop.sales.amendments.exceptions import AmendmentProblem
from shop.sales.cart import exceptions as cart
from shop.sales.checkout import exceptions as checkout
from shop.sales.fulfillment.exceptions import ShipmentNotFound, ShipmentProblem
from shop.sales.orders.exceptions import OrderNotFound, OrderProblem
from shop.sales.payments.exceptions import PaymentNotFound, PaymentProblem

# The first class that fits decides.
TABLE: tuple[tuple[type[Exception], int, str], ...] = (
    (Http404, 404, "not-found"),
    (RequestDataTooBig, 413, "too-large"),
    (IdempotencyConflict, 409, "idempotency-conflict"),
    (TransitionRefused, 409, "state"),
    (cart.CartNotFound, 404, "not-found"),
    (cart.LineNotFound, 404, "not-found"),
    (cart.QuantityRefused, 422, "quantity"),
    (cart.StockLimitExceeded, 422, "stock-limit"),
    (cart.NotEnoughStock, 409, "out-of-stock"),
    (cart.CartProblem, 422, "cart"),
    (checkout.PurchaseRefused, 422, "invalid"),
    (checkout.CartChanged, 409, "cart-changed"),
    (checkout.CartOrdered, 409, "cart-ordered"),
    (checkout.CheckoutProblem, 409, "checkout"),
    (OutOfStock, 409, "out-of-stock"),
    (UnsellableLines, 409, "not-sellable"),
    (ShippingNotOffered, 422, "invalid"),
    (OrderNotFound, 404, "not-found"),
    (OrderProblem, 409, "order"),
    (PaymentNotFound, 404, "not-found"),
    (PaymentProblem, 409, "payment"),
    (ShipmentNotFound, 404, "not-found"),
    (ShipmentProblem, 409, "shipment"),
    (AmendmentProblem, 409, "order"),
)
FIELDS = {"quantity": "quantity", "stock-limit": "quantity"}


def answer(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception; nothing for one that nobody anticipated."""
    if isinstance(exc, exceptions.APIException):
        return _from_framework(exc)
    for kind, status, code in TABLE:
        if isinstance(exc, kind):
            detail = "There is no such thing." if status == 404 else _words(exc)
            return _response(status, detail, _errors(exc, code), code)
    return None


def _words(exc: Exception) -> str:
    if isinstance(exc, OutOfStock):
        return "Some goods are not in stock in this quantity any more."
    if isinstance(exc, UnsellableLines):
        return "Some goods are not for sale any more."
    return str(exc)


def _errors(exc: Exception, code: str) -> list[dict[str, str]]:
    if isinstance(exc, checkout.PurchaseRefused):
        return [_error(name, code, text) for name, text in exc.errors.items()]
    if isinstance(exc, OutOfStock):
        facts = catalog.variant_facts([short.variant_id for short in exc.shortages])
        return [
            _error(facts[short.variant_id].sku, code, f"Only {short.available} left in stock.")
            for short in exc.shortages
        ]
    if isinstance(exc, checkout.CartChanged):
        total = f"The total is {exc.totals.grand_total} {exc.totals.currency} now."
        return [_error("expected_total", code, total)]
    return [_error(FIELDS[code], code, str(exc))] if code in FIELDS else []


def _error(field: str, code: str, message: str) -> dict[str, str]:
    return {"field": field, "code": code, "message": message}


def _from_framework(exc: exceptions.APIException) -> Response:
    is_invalid = isinstance(exc, exceptions.ValidationError)
    status = 422 if is_invalid else exc.status_code
    errors = list(_flat(exc.detail)) if is_invalid else []
    detail = "Some fields have to be put right." if is_invalid else str(exc.detail)
    response = _response(status, detail, errors, "invalid" if is_invalid else "")
    if header := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def _flat(detail: Any, path: str = "") -> list[dict[str, str]]:
    """The nested messages of the framework as one list of fields."""
    if isinstance(detail, dict):
        found = []
        for name, inner in detail.items():
            found += _flat(inner, f"{path}.{name}" if path else str(name))
        return found
    if isinstance(detail, list):
        return [entry for inner in detail for entry in _flat(inner, path)]
    return [_error(path, str(getattr(detail, "code", "invalid")), str(detail))]


def _response(status: int, detail: str, errors: list[dict[str, str]], code: str) -> Response:
    return Response(
        problem_body(status, detail, errors, code), status=status, content_type=CONTENT_TYPE
    )
