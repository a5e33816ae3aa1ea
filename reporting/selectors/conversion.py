"""From cart to order: what DASH-01 calls conversion."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from reporting.filters import Filters
from reporting.periods import Span
from reporting.tables import Chart, Series
from shop.core.dates import day_bounds
from shop.sales.cart.models import Cart
from shop.sales.checkout.models import Checkout


@dataclass(frozen=True)
class Funnel:
    """Carts opened in the span, and how many of those same carts went on.

    Later steps count only carts of the first step, so the funnel never grows downwards.
    """

    carts: int
    checkouts: int
    orders: int

    @property
    def rate(self) -> Decimal:
        """Orders per hundred carts."""
        if not self.carts:
            return Decimal(0)
        return (Decimal(self.orders) * 100 / self.carts).quantize(Decimal("0.1"))

    def chart(self) -> Chart:
        """The funnel as plain data."""
        return Chart(
            kind="funnel",
            labels=[_("Carts"), _("Checkouts"), _("Orders")],
            series=[
                Series(_("Carts"), [float(self.carts), float(self.checkouts), float(self.orders)])
            ],
            description=_(
                "Of the carts opened in the period: how many reached checkout and order."
            ),
        )


def funnel(filters: Filters, span: Span | None = None) -> Funnel:
    """Count carts, their checkouts and their orders in the span."""
    chosen = span or filters.span
    start, _end = day_bounds(chosen.start)
    _start, end = day_bounds(chosen.end)
    carts = Cart.objects.filter(
        created_at__gte=start, created_at__lt=end, currency=filters.currency
    ).exclude(state="MERGED")
    reached = Checkout.objects.filter(cart__in=carts).values("cart_id").distinct().count()
    ordered = carts.filter(state="ORDERED").count()
    return Funnel(carts=carts.count(), checkouts=max(reached, ordered), orders=ordered)
