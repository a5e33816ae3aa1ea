"""Filters of a report, read from its address so that a link shows the same figures to everyone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting import periods
from reporting.models import DailySales
from reporting.periods import Span
from shop.core import options
from shop.core.dates import store_date
from shop.directory.organization import selectors as organization
from shop.sales.orders.models import Channel

# Where people fill carts, sold or not; the other channels are offered once they have sold.
SHOPPED = (Channel.WEB, Channel.API)
GRAINS = [
    ("day", _("Day")),
    ("week", _("Week")),
    ("month", _("Month")),
    ("quarter", _("Fiscal quarter")),
    ("year", _("Fiscal year")),
]
COMPARE = [("previous", _("Period before")), ("year", _("Year before")), ("none", _("Nothing"))]
YEAR = 12
RETURNS = [("deduct", _("Deduct returns")), ("ignore", _("Sales only"))]


@dataclass(frozen=True)
class Filters:
    """Cleaned filters. One currency always: amounts of two are never added."""

    span: Span
    currency: str
    channel: str
    grain: str
    compare: str
    returns: str
    first_month: int
    named_after: str
    now: datetime
    query: str

    @property
    def order_types(self) -> tuple[str, ...]:
        """The kinds of order that count: history's returns carry negative amounts."""
        sold = ("NORMAL", "BULK")
        return (*sold, "RETURN") if self.returns == "deduct" else sold

    def compared(self) -> Span | None:
        """The span to compare with, if any."""
        if self.compare == "none":
            return None
        return self.span.year_before() if self.compare == "year" else self.span.previous()

    def beside(self, day: date) -> date:
        """The day of the span that a day of the compared span stands beside."""
        months = YEAR if self.compare == "year" else self.span.months
        shift = timedelta(days=self.span.days)
        moved = periods.add_months(day, months) if months else day + shift
        # 28 and 29 February are one day beside a year without the second.
        return min(max(moved, self.span.start), self.span.end)

    def label(self, start: date) -> str:
        """How one period of this grain is called."""
        return periods.bucket_label(
            start, self.grain, first_month=self.first_month, named_after=self.named_after
        )


class FilterForm(forms.Form):
    """The form above each report. Every field is optional; a wrong value is named, not guessed."""

    period = forms.ChoiceField(label=_("Period"), choices=periods.CHOICES, required=False)
    start = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    end = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    grain = forms.ChoiceField(label=_("Grouped by"), choices=GRAINS, required=False)
    compare = forms.ChoiceField(label=_("Compared with"), choices=COMPARE, required=False)
    returns = forms.ChoiceField(label=_("Returns"), choices=RETURNS, required=False)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)

    def __init__(self, data: Any, *, shown: tuple[str, ...], default_period: str) -> None:
        filled = data.copy()
        for name, value in (("period", default_period), ("grain", "day"), ("compare", "previous")):
            filled.setdefault(name, value)
        super().__init__(filled)
        self.sent = data
        self.default_period = default_period
        store = organization.store()
        known = DailySales.objects.order_by("currency").values_list("currency", flat=True)
        currencies = sorted({store.currency, *known.distinct()}, key=lambda c: c != store.currency)
        sold = DailySales.objects.order_by("channel").values_list("channel", flat=True)
        channels = [channel for channel in Channel if channel in {*SHOPPED, *sold.distinct()}]
        self.store_currency = store.currency
        self.fields["currency"].choices = [(c, c) for c in currencies]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            ("", _("All channels")),
            *((channel.value, channel.label) for channel in channels),
        ]
        if len(currencies) == 1:
            shown = tuple(name for name in shown if name != "currency")
        for name in list(self.fields):
            if name not in shown:
                del self.fields[name]

    def filters(self, now: datetime) -> Filters:
        """Plain filters, defaults filled in; fields with errors fall back to their default."""
        self.full_clean()
        wanted: dict[str, Any] = self.cleaned_data
        first_month = int(options.value("store.fiscal_year_start"))
        return Filters(
            span=periods.span_for(
                wanted.get("period") or self.default_period,
                today=store_date(now),
                first_month=first_month,
                start=wanted.get("start"),
                end=wanted.get("end"),
            ),
            currency=wanted.get("currency") or self.store_currency,
            channel=wanted.get("channel") or "",
            grain=wanted.get("grain") or "day",
            compare=wanted.get("compare") or "previous",
            returns=wanted.get("returns") or "deduct",
            first_month=first_month,
            named_after=str(options.value("store.fiscal_year_named_after")),
            now=now,
            query=self.sent.urlencode(),
        )
