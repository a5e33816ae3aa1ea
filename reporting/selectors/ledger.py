"""Sales, cancellations and corrections: every line of the span, each counted once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from reporting.amounts import to_decimal
from reporting.counting import COUNTED
from reporting.filters import Filters
from reporting.models import DailyProductSales
from reporting.tables import Column, Result, Row, Tile
from shop.core.dates import day_bounds
from shop.sales.orders.models import Order, OrderLine

SALE, RETURN, OTHER = KINDS = ("sale", "return", "other")
# Orders of history whose buyer the file does not name belong to one row without an e-mail.
UNNAMED = Q(customer__email="", customer__source_number="guest")


def report(filters: Filters) -> Result:
    """What was sold, what came back, what was only corrected: lines, invoices and amounts."""
    rolled = DailyProductSales.objects.filter(
        currency=filters.currency, day__gte=filters.span.start, day__lte=filters.span.end
    )
    whole = _sums(rolled)
    sums = {
        SALE: _sums(_rolled_sales(rolled)),
        RETURN: _sums(rolled.filter(order_type="RETURN")),
    }
    sums[OTHER] = (
        whole[0] - sums[SALE][0] - sums[RETURN][0],
        whole[1] - sums[SALE][1] - sums[RETURN][1],
    )
    labels = {
        SALE: _("Sales"),
        RETURN: _("Cancellations and returns"),
        OTHER: _("Corrections and free goods"),
    }
    orders = _orders(filters)
    rows = [
        Row(
            values={
                "what": label,
                "invoices": lines_of(filters, what).values("order_id").distinct().count(),
                "lines": sums[what][0],
                "amount": to_decimal(sums[what][1]),
            },
            link=_drill(filters, what),
        )
        for what, label in labels.items()
    ]
    total = {"what": _("All"), "invoices": orders.count(), "lines": whole[0]}
    rows.append(Row(values=total | {"amount": to_decimal(whole[1])}, level="total"))
    named = orders.exclude(UNNAMED).values("customer_id").distinct().count()
    unnamed = OrderLine.objects.filter(order__in=orders.filter(UNNAMED)).count()
    return Result(
        columns=[
            Column("what", _("What")),
            Column("invoices", _("Orders"), "number"),
            Column("lines", _("Lines"), "number"),
            Column("amount", _("Amount"), "money"),
        ],
        rows=rows,
        tiles=[
            Tile(_("Sales"), to_decimal(sums[SALE][1]), "money"),
            Tile(_("Cancellations and returns"), to_decimal(sums[RETURN][1]), "money"),
            Tile(_("Customers"), named, "number"),
            Tile(_("Lines without a named customer"), unnamed, "number"),
        ],
    )


def lines_of(filters: Filters, what: str) -> QuerySet[OrderLine]:
    """The order lines of one kind in the span."""
    lines = OrderLine.objects.filter(order__in=_orders(filters))
    is_sale = Q(unit_price__gt=0) & (
        Q(order__order_type__in=["NORMAL", "BULK"]) | Q(order__order_type="ADJUSTMENT", total__gt=0)
    )
    if what == SALE:
        return lines.filter(is_sale)
    if what == RETURN:
        return lines.filter(order__order_type="RETURN")
    return lines.exclude(order__order_type="RETURN").exclude(is_sale)


def _rolled_sales(rolled: QuerySet[DailyProductSales]) -> QuerySet[DailyProductSales]:
    return rolled.filter(unit_price_units__gt=0).filter(
        Q(order_type__in=["NORMAL", "BULK"]) | Q(order_type="ADJUSTMENT", total_units__gt=0)
    )


def _sums(rows: QuerySet[DailyProductSales]) -> tuple[int, int]:
    found = rows.aggregate(count=Sum("lines"), total=Sum("total_units"))
    return int(found["count"] or 0), int(found["total"] or 0)


def _orders(filters: Filters) -> QuerySet[Order]:
    start, _first_end = day_bounds(filters.span.start)
    _last_start, end = day_bounds(filters.span.end)
    return Order.objects.filter(
        placed_at__gte=start,
        placed_at__lt=end,
        status__in=COUNTED,
        currency=filters.currency,
    )


def _drill(filters: Filters, what: str) -> str:
    wanted = {
        "period": "custom",
        "start": filters.span.start,
        "end": filters.span.end,
        "currency": filters.currency,
        "what": what,
    }
    return f"../lines/?{urlencode(wanted)}"
