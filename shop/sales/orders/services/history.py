"""Orders from before, written in bulk: no stock, no mail, no offers, no recalculation."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min, Q, Sum

from shop.core.actors import Actor
from shop.core.events import RowsWritten, publish
from shop.core.keys import new_key, new_order_number
from shop.directory.customers.models import Customer
from shop.sales.orders.dataclasses import ZERO, PastLine, PastOrder, PastResult
from shop.sales.orders.events import PastOrdersRecorded
from shop.sales.orders.fast_rows import write_rows
from shop.sales.orders.models import AddressKind, Order, OrderAddress, OrderLine

LINE_COLUMNS = (
    "key", "order_id", "position", "kind", "variant_id", "product_key", "variant_key", "sku",
    "title", "variant_title", "quantity", "list_unit_price", "unit_price", "gross", "discount",
    "net", "cgst", "sgst", "igst", "tax", "tax_rate", "hsn_code", "total", "owner_id",
    "location_id", "shipped_quantity", "returned_quantity",
)  # fmt: skip
SHIPPED = frozenset({"SHIPPED", "OUT_FOR_DELIVERY", "DELIVERED"})
HEADER_BATCH = 500


@transaction.atomic
def record_past_orders(
    *, orders: Sequence[PastOrder], actor: Actor, now: datetime, sync: bool = False
) -> PastResult:
    """Write orders from a file as they were; one that is known by its source number stays."""
    fresh = _without_known(orders)
    headers = Order.objects.bulk_create(_headers(fresh, now), batch_size=HEADER_BATCH)
    write_rows(OrderLine, LINE_COLUMNS, _line_rows(headers, fresh))
    OrderAddress.objects.bulk_create(_addresses(headers, fresh), batch_size=HEADER_BATCH)
    pks = tuple(header.pk for header in headers)
    if pks:
        publish(PastOrdersRecorded(order_ids=pks))
        if sync:
            publish(RowsWritten(model_label="orders.Order", pks=pks, operation="create"))
    return PastResult(created=len(pks), unchanged=len(orders) - len(pks), order_ids=pks)


def _without_known(orders: Sequence[PastOrder]) -> list[PastOrder]:
    """Those that the shop does not have yet, each once."""
    by_source: dict[tuple[str, str], list[str]] = {}
    for order in orders:
        by_source.setdefault((order.channel, order.source), []).append(order.source_number)
    known: set[tuple[str, str, str]] = set()
    for (channel, source), numbers in by_source.items():
        rows = Order.objects.filter(channel=channel, source=source, source_number__in=numbers)
        known.update(rows.values_list("channel", "source", "source_number"))
    fresh = []
    for order in orders:
        identity = (order.channel, order.source, order.source_number)
        if not order.source_number or identity not in known:
            known.add(identity)
            fresh.append(order)
    return fresh


def _headers(orders: Sequence[PastOrder], now: datetime) -> list[Order]:
    numbers = _free_numbers(orders)
    return [_header(past, number, now) for past, number in zip(orders, numbers, strict=True)]


def _free_numbers(orders: Sequence[PastOrder]) -> list[str]:
    """A number for each order, drawn again where it is taken."""
    drawn = [past.number or new_order_number(past.placed_at) for past in orders]
    while True:
        taken = set(Order.objects.filter(number__in=drawn).values_list("number", flat=True))
        seen: set[str] = set()
        clashes = 0
        for index, number in enumerate(drawn):
            if (number in taken or number in seen) and not orders[index].number:
                drawn[index] = new_order_number(orders[index].placed_at)
                clashes += 1
            seen.add(drawn[index])
        if not clashes:
            return drawn


def _header(past: PastOrder, number: str, now: datetime) -> Order:
    goods = sum((line.total + line.discount for line in past.lines), ZERO)
    grand_total = sum((line.total for line in past.lines), ZERO) + past.shipping_total
    return Order(
        number=number,
        customer_id=past.customer_id,
        status=past.status,
        order_type=past.order_type,
        channel=past.channel,
        source=past.source,
        source_number=past.source_number,
        payment_status=past.payment_status,
        payment_method=past.payment_method,
        fulfillment_status=past.fulfillment_status,
        email=past.email,
        phone=past.phone,
        full_name=past.full_name,
        currency=past.currency,
        price_list_code=past.price_list_code,
        is_tax_inclusive=past.is_tax_inclusive,
        goods_total=goods,
        discount_total=sum((line.discount for line in past.lines), ZERO),
        shipping_total=past.shipping_total,
        shipping_tax=past.shipping_tax,
        shipping_net=past.shipping_total - past.shipping_tax,
        tax_total=sum((line.tax for line in past.lines), past.shipping_tax),
        grand_total=grand_total,
        paid_total=_paid(past, grand_total),
        refunded_total=past.refunded_total,
        discounts=[dict(share) for share in past.discounts],
        shipping_code=past.shipping_code,
        shipping_name=past.shipping_name,
        place_of_supply=past.shipping_state[:10],
        shipping_city=past.shipping_city,
        shipping_state=past.shipping_state,
        shipping_country=past.shipping_country,
        region=past.region,
        placed_by_id=past.placed_by_id,
        sales_rep_id=past.sales_rep_id,
        placed_at=past.placed_at,
        activated_at=past.activated_at,
        completed_at=past.completed_at,
        cancelled_at=past.cancelled_at,
        cancel_reason=past.cancel_reason,
        note=past.note,
        custom=dict(past.custom),
        is_history=True,
        updated_at=now,
    )


def _paid(past: PastOrder, grand_total: Decimal) -> Decimal:
    if past.paid_total is not None:
        return past.paid_total
    is_paid = past.payment_status in {"PAID", "REFUNDED", "PART_REFUNDED"}
    return grand_total if is_paid else ZERO


def _line_rows(headers: Sequence[Order], orders: Sequence[PastOrder]) -> Iterator[tuple[Any, ...]]:
    for header, past in zip(headers, orders, strict=True):
        is_shipped = past.fulfillment_status in SHIPPED
        for position, line in enumerate(past.lines, start=1):
            yield _line_row(header.pk, position, line, is_shipped)


def _line_row(order_id: int, position: int, line: PastLine, is_shipped: bool) -> tuple[Any, ...]:
    shipped = line.shipped_quantity
    if shipped is None:
        shipped = line.quantity if is_shipped else 0
    return (
        new_key(), order_id, position, line.kind, line.variant_id, line.product_key,
        line.variant_key, line.sku, line.title, line.variant_title, line.quantity,
        line.unit_price, line.unit_price, line.total + line.discount, line.discount,
        line.total - line.tax, line.cgst, line.sgst, line.igst, line.tax, line.tax_rate,
        line.hsn_code, line.total, line.owner_id, line.location_id, shipped, 0,
    )  # fmt: skip


def _addresses(headers: Sequence[Order], orders: Sequence[PastOrder]) -> list[OrderAddress]:
    return [
        OrderAddress(order=header, kind=kind, **given.to_dict())
        for header, past in zip(headers, orders, strict=True)
        for kind, given in (
            (AddressKind.BILLING, past.billing or past.shipping),
            (AddressKind.SHIPPING, past.shipping),
        )
        if given is not None
    ]


@transaction.atomic
def refresh_customer_figures(*, customer_ids: Iterable[int]) -> int:
    """Count anew what customers have bought, after their history came from a file."""
    figures = {
        row["customer_id"]: row
        for row in Order.objects.filter(customer_id__in=list(customer_ids))
        .exclude(status="CANCELLED")
        .order_by()
        .values("customer_id")
        .annotate(
            first=Min("placed_at", filter=~Q(order_type__in=["RETURN", "ADJUSTMENT"])),
            last=Max("placed_at", filter=~Q(order_type__in=["RETURN", "ADJUSTMENT"])),
            count=Count("pk", filter=~Q(order_type__in=["RETURN", "ADJUSTMENT"])),
            value=Sum("grand_total"),
        )
    }
    customers = list(Customer.objects.select_for_update().filter(pk__in=figures).order_by("pk"))
    for customer in customers:
        figure = figures[customer.pk]
        customer.first_order_at = figure["first"]
        customer.last_order_at = figure["last"]
        customer.order_count = figure["count"]
        customer.lifetime_value = figure["value"]
    Customer.objects.bulk_update(
        customers,
        ["first_order_at", "last_order_at", "order_count", "lifetime_value"],
        batch_size=HEADER_BATCH,
    )
    return len(customers)
