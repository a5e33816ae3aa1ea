"""Sales, cancellations and corrections: every line of the span, each counted once."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from reporting.amounts import to_decimal
from reporting.counting import COUNTED, IS_SALE, KINDS, OTHER, RETURN, SALE
from reporting.filters import Filters
from reporting.models import DailyLedger
from reporting.tables import Column, Result, Row, Tile
from shop.core.dates import day_bounds
from shop.sales.orders.models import Order, OrderLine

# Orders of history whose buyer the file does not name belong to one row without an e-mail.
UNNAMED = Q(customer__email="", customer__source_number="guest")


def report(filters: Filters) -> Result:
    """What was sold, what came back, what was only corrected: lines, invoices and amounts."""
    sums = _sums(filters)
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
                "invoices": sums[what].orders,
                "lines": sums[what].lines,
                "amount": to_decimal(sums[what].total),
            },
            link=_drill(filters, what),
        )
        for what, label in labels.items()
    ]
    total = {
        "what": _("All"),
        "invoices": orders.count(),
        "lines": sum(one.lines for one in sums.values()),
        "amount": to_decimal(sum(one.total for one in sums.values())),
    }
    rows.append(Row(values=total, level="total"))
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
            Tile(_("Sales"), to_decimal(sums[SALE].total), "money"),
            Tile(_("Cancellations and returns"), to_decimal(sums[RETURN].total), "money"),
            Tile(_("Customers"), named, "number"),
            Tile(_("Lines without a named customer"), unnamed, "number"),
        ],
    )


def lines_of(filters: Filters, what: str) -> QuerySet[OrderLine]:
    """The order lines of one kind in the span."""
    lines = OrderLine.objects.filter(order__in=_orders(filters))
    if what == SALE:
        return lines.filter(IS_SALE)
    if what == RETURN:
        return lines.filter(order__order_type="RETURN")
    return lines.exclude(order__order_type="RETURN").exclude(IS_SALE)


@dataclass(frozen=True)
class Sums:
    """One kind of line: in how many orders, how many lines, how much."""

    orders: int = 0
    lines: int = 0
    total: int = 0


def _sums(filters: Filters) -> dict[str, Sums]:
    days = DailyLedger.objects.filter(
        currency=filters.currency, day__gte=filters.span.start, day__lte=filters.span.end
    )
    found = (
        days.order_by()
        .values_list("what")
        .annotate(Sum("orders"), Sum("lines"), Sum("total_units"))
    )
    return {what: Sums() for what in KINDS} | {what: Sums(*figures) for what, *figures in found}


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
