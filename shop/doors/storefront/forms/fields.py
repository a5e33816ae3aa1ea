"""Fields that several forms share, so that they read and autocomplete alike everywhere."""

from __future__ import annotations

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PHONE_REASON = _("Only for the courier, when a delivery needs a call.")


def full_name_field() -> forms.CharField:
    """One field for the whole name: names do not split alike everywhere."""
    return forms.CharField(
        label=_("Full name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def phone_field(help_text: str | Promise = "") -> forms.CharField:
    """An optional phone number, with the telephone keyboard on a phone."""
    return forms.CharField(
        label=_("Phone"),
        max_length=20,
        required=False,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )


def email_field(help_text: str | Promise = "") -> forms.EmailField:
    """An e-mail address, with the right keyboard."""
    return forms.EmailField(
        label=_("Email"),
        max_length=254,
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )


def marketing_field() -> forms.BooleanField:
    """Consent to marketing: separate from everything else and never ticked beforehand."""
    return forms.BooleanField(label=_("Send me news and offers by e-mail"), required=False)
