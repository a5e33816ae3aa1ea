"""Orders in our own plain format: a row is a line, rows of one number are an order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from shop.core.money import line_amount, round_money
from shop.platform.transfer.formats.parser import Built, Parser
from shop.platform.transfer.reading import cells
from shop.platform.transfer.reading.rows import Problem, Row, RowRefused
from shop.platform.transfer.records import CustomerRecord, OrderLineRecord, OrderRecord

REQUIRED = ("number", "placed_at", "email", "sku", "quantity", "unit_price")
COLUMNS = (
    "number",
    "placed_at",
    "email",
    "full_name",
    "phone",
    "sku",
    "title",
    "quantity",
    "unit_price",
    "discount",
    "tax",
    "currency",
    "status",
    "payment_status",
    "payment_method",
    "shipping_name",
    "shipping_total",
    "line1",
    "line2",
    "city",
    "state",
    "postal_code",
    "country",
    "note",
)
_STATUSES = {"DRAFT", "ACTIVATED", "COMPLETED", "CANCELLED"}
_PAYMENT_STATUSES = {"PENDING", "AUTHORIZED", "PAID", "FAILED", "CANCELLED", "REFUNDED"}
_SAME = ("email", "placed_at", "status", "payment_status", "shipping_total")


class PlainOrders(Parser):
    name = "plain"
    object = "orders"
    required = REQUIRED
    optional = tuple(column for column in COLUMNS if column not in REQUIRED)
    marks = frozenset({"number", "placed_at", "unit_price"})
    is_grouped = True

    def key(self, row: Row) -> str:
        return row.cells["number"].strip() or f"row {row.number}"

    def build(self, rows: Sequence[Row]) -> Built:
        problems: list[Problem] = []
        lines: list[OrderLineRecord] = []
        order: OrderRecord | None = None
        for row in rows:
            try:
                order = order or self._order(row)
                _must_agree(row, rows[0])
                lines.append(self._line(row, order.currency))
            except RowRefused as refused:
                problems.append(refused.problem)
        if order is None or problems:
            # Half an order would be a wrong order: all its rows go to the file of errors.
            return Built(None, problems)
        return Built(replace(order, lines=tuple(lines)))

    def _order(self, row: Row) -> OrderRecord:
        currency = cells.text(row, "currency", limit=3).upper() or self.context.currency
        if not (len(currency) == 3 and currency.isalpha()):
            raise row.refuse("currency", "is not a currency code such as INR")
        shipping = cells.amount(row, "shipping_total") or Decimal(0)
        return OrderRecord(
            number=cells.text(row, "number", limit=40, is_required=True),
            customer=_customer(row),
            placed_at=_placed_at(row),
            currency=currency,
            lines=(),
            status=_choice(row, "status", _STATUSES, "COMPLETED"),
            payment_status=_choice(row, "payment_status", _PAYMENT_STATUSES, "PAID"),
            payment_method=cells.text(row, "payment_method", limit=30),
            shipping_total=round_money(shipping, currency),
            shipping_name=cells.text(row, "shipping_name", limit=100),
            note=cells.text(row, "note", limit=2000),
            country=cells.text(row, "country", limit=60),
        )

    def _line(self, row: Row, currency: str) -> OrderLineRecord:
        quantity = cells.whole(row, "quantity", minimum=1)
        unit_price = cells.amount(row, "unit_price", is_required=True) or Decimal(0)
        discount = round_money(cells.amount(row, "discount") or Decimal(0), currency)
        gross = line_amount(unit_price, quantity, currency)
        if discount > gross:
            raise row.refuse("discount", "must not be above the line's amount")
        tax = round_money(cells.amount(row, "tax") or Decimal(0), currency)
        if tax > gross - discount:
            raise row.refuse("tax", "must not be above the line's amount")
        sku = cells.text(row, "sku", limit=64, is_required=True)
        return OrderLineRecord(
            sku=sku,
            title=cells.text(row, "title", limit=250) or sku,
            quantity=quantity,
            unit_price=unit_price,
            discount=discount,
            tax=tax,
            total=gross - discount,
        )


def _customer(row: Row) -> CustomerRecord:
    email = cells.email(row, "email", is_required=True)
    return CustomerRecord(
        email=email,
        full_name=cells.text(row, "full_name", limit=200) or email.partition("@")[0],
        phone=cells.text(row, "phone", limit=32),
        country=cells.text(row, "country", limit=60),
        line1=cells.text(row, "line1", limit=200),
        line2=cells.text(row, "line2", limit=200),
        city=cells.text(row, "city", limit=100),
        state=cells.text(row, "state", limit=60),
        postal_code=cells.text(row, "postal_code", limit=20),
    )


def _placed_at(row: Row) -> datetime:
    placed_at = cells.moment(row, "placed_at", zone=ZoneInfo(settings.TIME_ZONE))
    if placed_at is None:
        raise row.refuse("placed_at", "must not be empty")
    return placed_at


def _choice(row: Row, column: str, choices: set[str], default: str) -> str:
    value = row.cells.get(column, "").strip().upper() or default
    if value not in choices:
        raise row.refuse(column, f"must be one of {', '.join(sorted(choices))}")
    return value


def _must_agree(row: Row, first: Row) -> None:
    for column in _SAME:
        value = row.cells.get(column, "").strip()
        if value and value != first.cells.get(column, "").strip():
            raise row.refuse(column, f"differs from row {first.number} of the same order")
