"""The real order lines of a UK gift wholesaler (UCI "Online Retail"), both published editions."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from shop.core.money import line_amount
from shop.platform.transfer.formats.parser import Built, Parser
from shop.platform.transfer.reading.rows import Problem, Row, RowRefused
from shop.platform.transfer.records import (
    CustomerRecord,
    ImportContext,
    OrderLineRecord,
    OrderRecord,
)

SOURCE = "online-retail"
GUEST_NUMBER = "guest"
_LONDON = ZoneInfo("Europe/London")
_GOODS = re.compile(r"\d{5}")
_LONGEST_TITLE = 250


class OnlineRetailOrders(Parser):
    name = "online-retail"
    object = "orders"
    required = (
        "InvoiceNo",
        "StockCode",
        "Description",
        "Quantity",
        "InvoiceDate",
        "UnitPrice",
        "CustomerID",
        "Country",
    )
    aliases = {"Invoice": "InvoiceNo", "Price": "UnitPrice", "Customer ID": "CustomerID"}
    marks = frozenset({"InvoiceNo", "StockCode"})
    is_grouped = True

    def __init__(self, context: ImportContext) -> None:
        super().__init__(context)
        self._descriptions: dict[str, Counter[str]] = defaultdict(Counter)
        self._names: dict[str, str] = {}
        self._moments: dict[str, datetime] = {}
        self._amounts: dict[str, Decimal] = {}

    def key(self, row: Row) -> str:
        return row.cells["InvoiceNo"].strip() or f"row {row.number}"

    def scan(self, row: Row) -> None:
        if description := row.cells["Description"].strip():
            self._descriptions[row.cells["StockCode"].strip()][description] += 1

    def build(self, rows: Sequence[Row]) -> Built:
        number = rows[0].cells["InvoiceNo"].strip()
        problems: list[Problem] = []
        lines: list[OrderLineRecord] = []
        for row in rows:
            try:
                lines.append(self._line(row, number))
            except RowRefused as refused:
                problems.append(refused.problem)
        if not problems:
            try:
                return Built(self._order(rows, number, lines))
            except RowRefused as refused:
                problems.append(refused.problem)
        return Built(None, problems)

    def _order(self, rows: Sequence[Row], number: str, lines: list[OrderLineRecord]) -> OrderRecord:
        first = rows[0]
        if not number:
            raise first.refuse("InvoiceNo", "must not be empty")
        customers = {row.cells["CustomerID"].strip() for row in rows}
        if len(customers) > 1:
            raise first.refuse("CustomerID", f"invoice {number} names several customers")
        order_type = _order_type(number, rows)
        is_sale = order_type == "NORMAL"
        country = first.cells["Country"].strip()[:60]
        return OrderRecord(
            number=number,
            customer=_customer(first, country),
            # 43 invoices were written over two minutes: the first one is when it was placed.
            placed_at=min(self._moment(row) for row in rows),
            currency=self.context.currency,
            lines=tuple(lines),
            order_type=order_type,
            payment_status="PAID" if is_sale else "REFUNDED",
            note="" if is_sale else _remarks(rows),
            country=country,
        )

    def _line(self, row: Row, number: str) -> OrderLineRecord:
        values = row.cells
        code = values["StockCode"].strip()
        if not code:
            raise row.refuse("StockCode", "must not be empty")
        quantity = _quantity(row)
        unit_price = self._amount(row)
        if number.startswith("C") and quantity > 0:
            raise row.refuse("Quantity", "a cancellation must take goods back")
        if quantity < 0 and unit_price and not number.startswith("C"):
            raise row.refuse("Quantity", "must be at least 1 where there is a price")
        return OrderLineRecord(
            sku=code,
            title=self._name(code),
            quantity=abs(quantity),
            unit_price=-unit_price if quantity < 0 else unit_price,
            total=line_amount(unit_price, quantity, self.context.currency),
            is_charge=_GOODS.match(code) is None,
        )

    def _name(self, code: str) -> str:
        """A code carries many descriptions over a year; the most frequent one names it."""
        name = self._names.get(code)
        if name is None:
            found = self._descriptions.get(code)
            # Of two equally frequent ones the first by letters, so that runs agree.
            name = min(found, key=lambda text: (-found[text], text)) if found else code
            self._names[code] = name = name[:_LONGEST_TITLE]
        return name

    def _amount(self, row: Row) -> Decimal:
        text = row.cells["UnitPrice"].strip()
        value = self._amounts.get(text)
        if value is None:
            try:
                value = Decimal(text)
            except InvalidOperation as error:
                raise row.refuse("UnitPrice", "is not a number") from error
            if not value.is_finite() or abs(value) >= 10**12 or value != round(value, 4):
                raise row.refuse("UnitPrice", "is not an amount of at most four decimals")
            self._amounts[text] = value
        return value

    def _moment(self, row: Row) -> datetime:
        """Times are those of a clock on a wall in London."""
        text = row.cells["InvoiceDate"].strip()
        value = self._moments.get(text)
        if value is None:
            value = _parsed_moment(text)
            if value is None:
                raise row.refuse("InvoiceDate", "is not a date such as 2010-12-01 08:26:00")
            if len(self._moments) > 50_000:
                self._moments.clear()
            self._moments[text] = value
        return value


def _parsed_moment(text: str) -> datetime | None:
    for parse in (
        datetime.fromisoformat,
        lambda value: datetime.strptime(value, "%m/%d/%Y %H:%M"),  # noqa: DTZ007 - as published
    ):
        try:
            found = parse(text)
        except ValueError:
            continue
        return found.replace(tzinfo=_LONDON).astimezone(UTC)
    return None


def _quantity(row: Row) -> int:
    text = row.cells["Quantity"].strip()
    try:
        quantity = int(text)
    except ValueError as error:
        raise row.refuse("Quantity", "is not a whole number") from error
    if not 0 < abs(quantity) <= 2_147_483_647:
        raise row.refuse("Quantity", "must not be zero, nor beyond two thousand million")
    return quantity


def _order_type(number: str, rows: Sequence[Row]) -> str:
    if number.startswith("C"):
        return "RETURN"
    if number.startswith("A"):
        return "ADJUSTMENT"
    # Without the C a negative quantity is a write-off of stock.
    is_write_off = any(row.cells["Quantity"].strip().startswith("-") for row in rows)
    return "ADJUSTMENT" if is_write_off else "NORMAL"


def _customer(row: Row, country: str) -> CustomerRecord:
    # Spreadsheets made numbers of the ids: 17850.0
    number = row.cells["CustomerID"].strip().removesuffix(".0")
    if not number:
        return CustomerRecord("", "Guest buyers", source=SOURCE, source_number=GUEST_NUMBER)
    return CustomerRecord(
        email="",
        full_name=f"Wholesale customer {number}",
        source=SOURCE,
        source_number=number,
        country=country,
    )


def _remarks(rows: Sequence[Row]) -> str:
    """Why stock was written off stands in the description of the line."""
    found = dict.fromkeys(row.cells["Description"].strip() for row in rows)
    return "; ".join(text for text in found if text)[:500]
