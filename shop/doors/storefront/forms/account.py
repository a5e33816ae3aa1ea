"""Sign-up extras, profile and order look-up."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shop.directory.customers.models import User
from shop.doors.storefront.forms import fields


class SignupForm(forms.Form):
    """What we ask beside e-mail and password. Marketing consent is separate and unticked."""

    full_name = fields.full_name_field()
    phone = fields.phone_field()
    marketing_consent = fields.marketing_field()

    field_order = ("full_name", "email", "phone", "password1", "marketing_consent")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing is left to do here: the adapter has saved user and customer together."""


class ProfileForm(forms.Form):
    """Name, phone and communication choices."""

    full_name = fields.full_name_field()
    phone = fields.phone_field()
    marketing_consent = fields.marketing_field()


class TrackForm(forms.Form):
    """Order number and e-mail: the pair that opens a guest's order."""

    number = forms.CharField(
        label=_("Order number"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "261121-7K2M9Q"}),
    )
    email = fields.email_field()


class OrderFilterForm(forms.Form):
    """Search and filters of the order history; wrong values are simply not applied."""

    q = forms.CharField(label=_("Search your orders"), max_length=60, required=False)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All orders")),
            ("DRAFT", _("Waiting for payment")),
            ("ACTIVATED", _("In progress")),
            ("COMPLETED", _("Completed")),
            ("CANCELLED", _("Cancelled")),
        ],
    )
    since = fields.day_field(_("From"))
    until = fields.day_field(_("To"))


class PasswordForm(forms.Form):
    """The one field that turns a guest order into an account."""

    password = forms.CharField(
        label=_("Password"),
        min_length=8,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class CancelForm(forms.Form):
    """Why an order is cancelled."""

    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(
        label=_("Anything we should know"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
