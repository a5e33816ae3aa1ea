"""From visit to order: what DASH-01 calls conversion."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from reporting.filters import Filters
from reporting.periods import Span
from reporting.tables import Chart, Series
from shop.core.dates import day_bounds
from shop.directory.organization import selectors as organization
from shop.engagement.insights import selectors as insights
from shop.sales.cart.models import Cart
from shop.sales.checkout.models import Checkout


@dataclass(frozen=True)
class Funnel:
    """Visits and carts of the span, and how many of those same carts went on.

    Later steps count only carts of the first step, so the funnel never grows downwards. Visits are
    counted by browsers' own words; a cart without them counts as a visit too. Where none were
    counted (another currency, a time before counting began) the funnel begins at the cart.
    """

    carts: int
    checkouts: int
    orders: int
    visits: int = 0

    @property
    def rate(self) -> Decimal:
        """Orders per hundred visits, or per hundred carts where visits were not counted."""
        first = self.visits or self.carts
        if not first:
            return Decimal(0)
        return (Decimal(self.orders) * 100 / first).quantize(Decimal("0.1"))

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
        return [(_("Visits"), self.visits), *steps] if self.visits else steps

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
    """Count visits, carts, their checkouts and their orders in the span."""
    chosen = span or filters.span
    start, _end = day_bounds(chosen.start)
    _start, end = day_bounds(chosen.end)
    carts = Cart.objects.filter(
        created_at__gte=start, created_at__lt=end, currency=filters.currency
    ).exclude(state="MERGED")
    reached = Checkout.objects.filter(cart__in=carts).values("cart_id").distinct().count()
    ordered = carts.filter(state="ORDERED").count()
    opened = carts.count()
    visits = _visits(filters, chosen)
    return Funnel(
        carts=opened,
        checkouts=max(reached, ordered),
        orders=ordered,
        visits=max(visits, opened) if visits else 0,
    )


def _visits(filters: Filters, span: Span) -> int:
    """Visitors bring no currency along: they belong to the one that the store sells in."""
    if filters.currency != organization.store().currency:
        return 0
    return insights.visits_between(first=span.start, last=span.end)
