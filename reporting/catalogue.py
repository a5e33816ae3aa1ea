"""Every built-in report: its address, words, filters and how its figures come about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reporting.filters import Filters
from reporting.selectors import conversion, details, ledger, places, products, revenue
from reporting.tables import Result

Build = Callable[[Filters, Mapping[str, str], int | None], Result]


@dataclass(frozen=True)
class Report:
    """One report page."""

    code: str
    title: str | Promise
    summary: str | Promise
    definition: str | Promise
    icon: str
    fields: tuple[str, ...]
    build: Build
    default_period: str = "30d"
    is_listed: bool = True


_SPAN = ("period", "start", "end", "currency", "channel")

REPORTS: dict[str, Report] = {
    report.code: report
    for report in (
        Report(
            code="orders-today",
            title=_("Orders placed today"),
            summary=_("Every order since midnight, store time."),
            definition=_(
                "All orders placed today by the store's clock, whatever became of them. "
                "Imported history is not counted."
            ),
            icon="inbox",
            fields=("channel",),
            build=lambda filters, _wanted, limit: details.today_report(filters, limit),
            default_period="today",
        ),
        Report(
            code="revenue",
            title=_("Revenue over time"),
            summary=_("By day, week, month or fiscal period, beside the period before."),
            definition=_(
                "Order totals with tax, shipping and discounts, of orders that were activated and "
                "not cancelled, on the day they were placed."
            ),
            icon="trending-up",
            fields=(*_SPAN, "grain", "compare", "returns"),
            build=lambda filters, _wanted, _limit: revenue.report(filters),
        ),
        Report(
            code="top-products",
            title=_("Top products"),
            summary=_("Best sellers by revenue and units."),
            definition=_(
                "Line totals after discount, tax included, of activated orders. Shipping and other "
                "charges belong to no product and are left out."
            ),
            icon="star",
            fields=("period", "start", "end", "currency", "returns"),
            build=lambda filters, _wanted, limit: products.top_report(filters, limit),
        ),
        Report(
            code="sales-by-price",
            title=_("Sales by price"),
            summary=_("Price bands, and the products inside each."),
            definition=_(
                "Line totals grouped by the unit price they were sold at. A price equal to a "
                "border belongs to the lower band. The borders are the option reports.price_bands."
            ),
            icon="tag",
            fields=("period", "start", "end", "currency", "returns"),
            build=lambda filters, _wanted, limit: products.price_report(filters, limit),
        ),
        Report(
            code="region-rep",
            title=_("Orders by region and sales rep"),
            summary=_("Who sells where; every cell opens its orders."),
            definition=_(
                "Region from the shipping state (abroad: the country); the rep is the customer's "
                "owner, else who placed the order, else Web."
            ),
            icon="layout-grid",
            fields=(*_SPAN, "returns"),
            build=lambda filters, _wanted, _limit: places.matrix_report(filters),
        ),
        Report(
            code="cities",
            title=_("Shipping cities"),
            summary=_("Where parcels go, with spellings merged."),
            definition=_(
                "Order totals by shipping city; known spellings of one city are one group."
            ),
            icon="map-pin",
            fields=(*_SPAN, "returns"),
            build=lambda filters, _wanted, _limit: places.city_report(filters),
        ),
        Report(
            code="conversion",
            title=_("Conversion"),
            summary=_("From visit to order, and from sign-up to first purchase."),
            definition=_(
                "Visits begin with a page opened from outside of the store; a visitor who saw a "
                "product counts once a day. Carts are those opened in the period; checkouts and "
                "orders are what the same carts became, whenever that was. Sign-ups are accounts "
                "made in the period. Nothing is kept about who visits."
            ),
            icon="shopping-bag",
            fields=(*_SPAN, "compare"),
            build=lambda filters, _wanted, _limit: conversion.report(filters),
        ),
        Report(
            code="ledger",
            title=_("Sales and cancellations"),
            summary=_("Every line once: sold, cancelled or corrected; orders and customers."),
            definition=_(
                "A sale is a line with a price above zero that is not on a return. Cancellations "
                "and returns carry their own numbers and negative amounts. Write-offs, free goods "
                "and negative adjustments are corrections. Each line is rounded to the penny."
            ),
            icon="file-text",
            fields=("period", "start", "end", "currency"),
            build=lambda filters, _wanted, _limit: ledger.report(filters),
            default_period="12m",
        ),
        Report(
            code="rows",
            title=_("Orders behind the figure"),
            summary="",
            definition=_("The orders that make up the figure you came from."),
            icon="list",
            fields=(*_SPAN, "returns"),
            build=details.orders_report,
            is_listed=False,
        ),
        Report(
            code="lines",
            title=_("Order lines behind the figure"),
            summary="",
            definition=_("The order lines that make up the figure you came from."),
            icon="list",
            fields=("period", "start", "end", "currency", "returns"),
            build=details.lines_report,
            is_listed=False,
        ),
    )
}
