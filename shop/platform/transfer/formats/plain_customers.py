"""Customers in our own plain format: one row per person or firm."""

from collections.abc import Sequence

from shop.platform.transfer.formats.parser import Built, Parser
from shop.platform.transfer.reading import cells
from shop.platform.transfer.reading.rows import Row, RowRefused
from shop.platform.transfer.records import CustomerRecord

REQUIRED = ("email", "full_name")
COLUMNS = (
    "email",
    "full_name",
    "phone",
    "company_name",
    "source",
    "source_number",
    "country",
    "line1",
    "line2",
    "city",
    "state",
    "postal_code",
)


class PlainCustomers(Parser):
    name = "plain"
    object = "customers"
    required = REQUIRED
    optional = tuple(column for column in COLUMNS if column not in REQUIRED)
    marks = frozenset({"email", "full_name"})

    def build(self, rows: Sequence[Row]) -> Built:
        (row,) = rows
        try:
            return Built(self._customer(row))
        except RowRefused as refused:
            return Built(None, [refused.problem])

    def _customer(self, row: Row) -> CustomerRecord:
        number = cells.text(row, "source_number", limit=60)
        email = cells.email(row, "email", is_required=not number)
        source = cells.text(row, "source", limit=60) or self.context.source
        if number and not source:
            raise row.refuse("source", "a number at the source needs the name of the source")
        self.refuse_repeat(row, "email" if email else "source_number", email or number)
        return CustomerRecord(
            email=email,
            full_name=cells.text(row, "full_name", limit=200, is_required=True),
            phone=cells.text(row, "phone", limit=32),
            company_name=cells.text(row, "company_name", limit=200),
            source=source if number else "",
            source_number=number,
            country=cells.text(row, "country", limit=60),
            line1=cells.text(row, "line1", limit=200),
            line2=cells.text(row, "line2", limit=200),
            city=cells.text(row, "city", limit=100),
            state=cells.text(row, "state", limit=60),
            postal_code=cells.text(row, "postal_code", limit=20),
        )
