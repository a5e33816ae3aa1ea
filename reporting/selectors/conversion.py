"""REP-08: from visit to order, and from sign-up to first purchase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from reporting.filters import Filters
from reporting.periods import Span
from reporting.tables import Chart, Column, Result, Row, Series, Tile
from shop.core.dates import day_bounds
from shop.directory.customers.models import Customer
from shop.directory.organization import selectors as organization
from shop.engagement.insights import selectors as insights
from shop.engagement.insights.selectors import Traffic
from shop.sales.cart.models import Cart
from shop.sales.checkout.models import Checkout
from shop.sales.orders.models import Channel, Order

FROM_CARTS = "carts"


@dataclass(frozen=True)
class Funnel:
    """Visits and carts of the span, and how many of those same carts went on.

    Later steps count only carts of the first step, so the funnel never grows downwards. Visits are
    counted by browsers' own words; a cart without them counts as a visit too, and as a visitor who
    saw a product. Where none were counted (another currency or channel, a time before counting
    began) the funnel begins at the cart.
    """

    carts: int
    checkouts: int
    orders: int
    visits: int = 0
    product_viewers: int = 0

    @property
    def rate(self) -> Decimal:
        """Orders per hundred visits, or per hundred carts where visits were not counted."""
        return _share(self.orders, self.visits or self.carts)

    def rate_like(self, other: Funnel) -> Decimal | None:
        """The rate, if it is counted from the same step as the other one."""
        return self.rate if bool(self.visits) == bool(other.visits) else None

    @property
    def steps(self) -> list[tuple[str, int]]:
        """Each step with its count, from the widest."""
        steps = [
            (_("Carts"), self.carts),
            (_("Checkouts"), self.checkouts),
            (_("Orders"), self.orders),
        ]
        if not self.visits:
            return steps
        return [(_("Visits"), self.visits), (_("Saw a product"), self.product_viewers), *steps]

    def chart(self) -> Chart:
        """The funnel as plain data."""
        return Chart(
            kind="funnel",
            labels=[label for label, _count in self.steps],
            series=[Series(self.steps[0][0], [float(count) for _label, count in self.steps])],
            description=_(
                "How many visits and carts of the period led to a checkout and to an order."
            ),
        )


def funnel(filters: Filters, span: Span | None = None) -> Funnel:
    """Count visits, viewers of products, carts, their checkouts and orders in the span."""
    chosen = span or filters.span
    carts = _carts(filters, chosen)
    reached = Checkout.objects.filter(cart__in=carts).values("cart_id").distinct().count()
    ordered = carts.filter(state="ORDERED").count()
    opened = carts.count()
    traffic = _traffic(filters, chosen)
    visits = max(traffic.visits, opened) if traffic.visits else 0
    return Funnel(
        carts=opened,
        checkouts=max(reached, ordered),
        orders=ordered,
        visits=visits,
        product_viewers=min(max(traffic.product_viewers, opened), visits),
    )


def report(filters: Filters) -> Result:
    """Each step of the funnel with its share, and what became of those who signed up."""
    found = funnel(filters)
    other = filters.compared()
    before = funnel(filters, other) if other else None
    past = dict(before.steps) if before else {}
    rows: list[Row] = []
    widest = last = found.steps[0][1]
    for label, count in found.steps:
        values = {
            "step": label,
            "count": count,
            "of_last": _share(count, last),
            "of_first": _share(count, widest),
        }
        if before:
            values["before"] = past.get(label)
        rows.append(Row(values=values))
        last = count
    rows[-1] = Row(values=rows[-1].values, link=_drill(filters))
    columns = [
        Column("step", _("Step")),
        Column("count", _("Count"), "number"),
        Column("of_last", _("Of the step before"), "percent"),
        Column("of_first", _("Of the first step"), "percent"),
    ]
    if before:
        columns.append(Column("before", _("Before"), "number"))
    return Result(
        columns=columns, rows=rows, tiles=_tiles(filters, found, before), chart=found.chart()
    )


def orders_from_carts(filters: Filters) -> QuerySet[Order]:
    """The orders that came of the carts of the span, whatever became of them."""
    ordered = _carts(filters, filters.span).filter(state="ORDERED")
    return Order.objects.filter(cart_key__in=ordered.values("key"))


def _tiles(filters: Filters, found: Funnel, before: Funnel | None) -> list[Tile]:
    start, end = _bounds(filters.span)
    signed_up = Customer.objects.filter(
        created_at__gte=start, created_at__lt=end, user__isnull=False
    )
    leads = signed_up.count()
    bought = signed_up.filter(first_order_at__isnull=False).count()
    return [
        Tile(_("Conversion"), found.rate, "percent", before.rate_like(found) if before else None),
        Tile(_("Sign-ups"), leads, "number"),
        Tile(_("Of these bought"), bought, "number"),
        Tile(_("Sign-ups that became customers"), _share(bought, leads), "percent"),
    ]


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1")) if whole else Decimal(0)


def _bounds(span: Span) -> tuple[datetime, datetime]:
    start, _end = day_bounds(span.start)
    _start, end = day_bounds(span.end)
    return start, end


def _carts(filters: Filters, span: Span) -> QuerySet[Cart]:
    start, end = _bounds(span)
    carts = Cart.objects.filter(
        created_at__gte=start, created_at__lt=end, currency=filters.currency
    ).exclude(state="MERGED")
    return carts.filter(channel=filters.channel) if filters.channel else carts


def _traffic(filters: Filters, span: Span) -> Traffic:
    """Visitors bring no currency along: they belong to the store's own, and come by the web."""
    is_web = filters.channel in {"", Channel.WEB}
    if filters.currency != organization.store().currency or not is_web:
        return Traffic(visits=0, product_viewers=0)
    return insights.traffic_between(first=span.start, last=span.end)


def _drill(filters: Filters) -> str:
    wanted = {
        "period": "custom",
        "start": filters.span.start,
        "end": filters.span.end,
        "currency": filters.currency,
        "channel": filters.channel,
        "from": FROM_CARTS,
    }
    return f"../rows/?{urlencode(wanted)}"
