"""Payments and refunds: shown, steered by buttons on the order."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from shop.directory.access import policies as access
from shop.doors.backoffice.base import ReadOnlyAdmin, ReadOnlyInline
from shop.doors.backoffice.exchange import ExportOnly
from shop.doors.backoffice.payment_resource import PaymentResource
from shop.doors.backoffice.words import amount_column, state_column
from shop.doors.backoffice.work_lists import PaymentWork
from shop.sales.payments.models import Payment, PaymentEntry, Refund

SECRETS = {
    "reference": "payments.payment.reference",
    "redirect_url": "payments.payment.redirect_url",
    "failure_message": "payments.payment.failure_message",
}


def hidden_fields(user: Any) -> set[str]:
    """Fields of a payment that this user may not see."""
    return {name for name, field in SECRETS.items() if not access.may_see_field(user, field)}


class EntryInline(ReadOnlyInline):
    """The ledger of a payment."""

    model = PaymentEntry

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """References only for those who may see them."""
        shown = ["occurred_at", "kind", "amount"]
        may = access.may_see_field(request.user, "payments.paymententry.reference")
        return [*shown, "reference"] if may else shown


class RefundInline(ReadOnlyInline):
    """What went back."""

    model = Refund
    fields = ("created_at", "amount", "state", "reason", "requested_by", "confirmed_at")


@admin.register(Payment)
class PaymentAdmin(ExportOnly, ReadOnlyAdmin):
    """Every payment; the gateway's reference only for those who may see it."""

    resource_classes = [PaymentResource]
    state_badge = state_column("state", "State")
    shown_amount = amount_column("amount", "Amount")
    list_filter = (PaymentWork, "state", "method", "is_surplus", "currency")
    list_select_related = ("order",)
    ordering = ("-created_at", "-pk")
    inlines = (EntryInline, RefundInline)

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """The reference is a column only for those who may see it."""
        shown = ("created_at", "order_link", "method", "state_badge", "shown_amount", "captured_at")
        return shown if "reference" in hidden_fields(request.user) else (*shown, "reference")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Who may not see a reference may not guess it by searching either."""
        shown = ("order__number__startswith", "order__email")
        return shown if "reference" in hidden_fields(request.user) else (*shown, "reference")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep what is hidden off the page."""
        return tuple(hidden_fields(request.user))

    def get_export_resource_kwargs(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Tell the resource what to leave out of the file."""
        known = super().get_export_resource_kwargs(request, *args, **kwargs)
        return known | {"hidden": hidden_fields(request.user)}

    @display(description=_("Order"), ordering="order__number")
    def order_link(self, row: Payment) -> str:
        """The order's number."""
        return row.order.number


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    """Every refund."""

    state_badge = state_column("state", "State")
    list_display = (
        "created_at",
        "payment",
        "amount",
        "state_badge",
        "reason",
        "requested_by",
        "confirmed_at",
    )
    list_filter = ("state",)
    list_select_related = ("payment",)
    ordering = ("-created_at", "-pk")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """References only for those who may see them."""
        may = access.may_see_field(request.user, "payments.refund.reference")
        return () if may else ("reference", "failure_message")
