"""Fields that several forms share, so that they read and autocomplete alike everywhere."""

from __future__ import annotations

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shop.directory.geography.addresses import is_phone
from shop.doors.storefront.memory import store_facts

# Beyond these a day has no moments that every time zone can name.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
PHONE_REASON = _("Only for the courier, when a delivery needs a call.")


def full_name_field() -> forms.CharField:
    """One field for the whole name: names do not split alike everywhere."""
    return forms.CharField(
        label=_("Full name"),
        max_length=120,
        error_messages={"required": _("Enter your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


def phone_field(help_text: str | Promise = "") -> forms.CharField:
    """An optional phone number, with the telephone keyboard on a phone."""
    return forms.CharField(
        label=_("Phone"),
        max_length=20,
        required=False,
        help_text=help_text,  # type: ignore[arg-type]
        validators=[_must_be_a_phone],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )


def _must_be_a_phone(text: str) -> None:
    if not is_phone(text, store_facts().country):
        raise ValidationError(_("Enter a phone number with all its digits."))


def email_field(help_text: str | Promise = "") -> forms.EmailField:
    """An e-mail address, with the right keyboard."""
    return forms.EmailField(
        label=_("Email"),
        max_length=254,
        error_messages={"required": _("Enter your e-mail address.")},
        help_text=help_text,  # type: ignore[arg-type]
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )


def marketing_field() -> forms.BooleanField:
    """Consent to marketing: separate from everything else and never ticked beforehand."""
    return forms.BooleanField(label=_("Send me news and offers by e-mail"), required=False)


def day_field(label: str | Promise) -> forms.DateField:
    """A day of the calendar, within what a calendar of the store can hold."""
    # A translated label is as good as a text; the types do not know.
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        required=False,
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
        widget=forms.DateInput(attrs={"type": "date"}),
    )
