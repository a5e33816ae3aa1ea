"""Forms of the back office that models alone do not give."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.utils.translation import gettext_lazy as _
from unfold.forms import UserCreationForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from shop.directory.access.models import ApiKey
from shop.directory.access.policies import EVERY_SCOPE
from shop.directory.customers.models import User
from shop.directory.organization.models import Location
from shop.sales.amendments.reasons import STAFF_REASONS
from shop.sales.fulfillment import selectors as fulfillment

SCOPES = (
    (EVERY_SCOPE, _("Everything (admin)")),
    ("storefront", _("Shopping as customers do (storefront)")),
)


class NewUserForm(UserCreationForm):
    """A new sign-in, known by its e-mail."""

    class Meta(BaseUserCreationForm.Meta):
        model = User
        fields = ("email", "full_name")


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new key of a program, and what it may be used for."""

    scopes = forms.MultipleChoiceField(
        label=_("May be used for"),
        choices=SCOPES,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = ApiKey
        fields = ("name", "scopes", "expires_at")


class CancelOrderForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Choose a reason")), *STAFF_REASONS],
        widget=UnfoldAdminSelectWidget,
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class ShipForm(forms.Form):
    """Who carries the parcel, and under which number."""

    carrier_code = forms.ChoiceField(label=_("Carrier"), widget=UnfoldAdminSelectWidget)
    tracking_number = forms.CharField(
        label=_("Tracking number"), max_length=60, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carrier_code"].choices = [  # type: ignore[attr-defined]
            (carrier.code, carrier.name) for carrier in fulfillment.carriers()
        ]


class DelayForm(forms.Form):
    """Why a parcel comes later, in words for the customer."""

    reason = forms.CharField(
        label=_("What the customer is told"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
    )


class RefundForm(forms.Form):
    """How much goes back, and why."""

    amount = forms.DecimalField(
        label=_("Amount"),
        min_value=Decimal("0.01"),
        max_digits=19,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)


class BookStockForm(forms.Form):
    """One entry of the stock ledger."""

    RECEIVE, ADJUST, COUNT, SAFETY = "receive", "adjust", "count", "safety"

    location = forms.ModelChoiceField(
        label=_("Location"),
        queryset=Location.objects.filter(is_active=True).order_by("priority", "code"),
        widget=UnfoldAdminSelectWidget,
    )
    what = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (RECEIVE, _("Goods received (add)")),
            (ADJUST, _("Correction (add or take away)")),
            (COUNT, _("Counted (set to)")),
            (SAFETY, _("Keep back from sale (set safety stock to)")),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    quantity = forms.IntegerField(
        label=_("Units"),
        min_value=-1_000_000,
        max_value=1_000_000,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)

    def clean(self) -> dict[str, Any]:
        """Only a correction may take away."""
        cleaned = super().clean() or {}
        quantity, what = cleaned.get("quantity"), cleaned.get("what")
        if quantity is not None and quantity < 0 and what != self.ADJUST:
            self.add_error("quantity", _("Use a correction to take units away."))
        if quantity == 0 and what in {self.RECEIVE, self.ADJUST}:
            self.add_error("quantity", _("Zero units change nothing."))
        return cleaned
