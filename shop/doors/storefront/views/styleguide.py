"""All components in all their states; only while developing."""

from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shop.doors.storefront.statuses import BADGES

TOKENS = ("paper", "surface", "sunken", "ink", "ink-2", "line", "brand", "sale", "good")


class SampleForm(forms.Form):
    """A form that shows every kind of field, with and without errors."""

    email = forms.EmailField(label="Email", help_text="Order updates go here.")
    full_name = forms.CharField(label="Full name")
    company = forms.CharField(label="Company", required=False)
    state = forms.ChoiceField(label="State", choices=[("KA", "Karnataka"), ("KL", "Kerala")])
    note = forms.CharField(label="Note for the courier", required=False, widget=forms.Textarea)
    same = forms.BooleanField(label="Shipping address same as billing address", required=False)


def show(request: HttpRequest) -> HttpResponse:
    """Render the whole design language on one page."""
    return render(
        request,
        "storefront/styleguide.html",
        {
            "form": SampleForm(),
            "wrong_form": SampleForm({"w-email": "someone@", "w-state": "XX"}, prefix="w"),
            "statuses": list(BADGES),
            "amounts": [Decimal(0), Decimal(499), Decimal(124999), Decimal("1234567.50")],
            "tokens": TOKENS,
            "crumbs": [("Home and living", "#"), ("Style guide", "")],
        },
    )
