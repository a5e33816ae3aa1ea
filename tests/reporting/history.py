"""Orders of the past for reports, and reports as the files that people take along."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

from reporting import services
from shop.core.actors import SYSTEM_ACTOR
from shop.sales.orders import services as orders
from shop.sales.orders.dataclasses import PastLine, PastOrder

MORNING = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def past(customer, number, *lines, at=MORNING, currency="INR", **columns):
    """One order of history with (sku, quantity, unit price) lines."""
    order = PastOrder(
        source="test",
        source_number=str(number),
        customer_id=customer.pk,
        placed_at=at,
        currency=currency,
        lines=[
            PastLine(
                title=f"Article {sku}",
                sku=sku,
                quantity=quantity,
                unit_price=Decimal(price),
                total=Decimal(price) * quantity * (-1 if is_return(columns) else 1),
            )
            for sku, quantity, price in lines
        ],
        **columns,
    )
    orders.record_past_orders(orders=[order], actor=SYSTEM_ACTOR, now=MORNING)


def is_return(columns):
    return columns.get("order_type") == "RETURN"


def rows_of(answer):
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def table(client, code, **query):
    services.refresh_stale_days()
    return rows_of(client.get(f"/reports/{code}/", {"format": "csv", "period": "all", **query}))
