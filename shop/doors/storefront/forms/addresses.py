"""The address block, used at checkout and in the address book."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.directory.geography import selectors as geography
from shop.directory.geography.addresses import PostalAddress
from shop.doors.storefront.forms import fields
from shop.doors.storefront.memory import store_facts


class AddressForm(forms.Form):
    """One postal address. Prefix it when a page holds two."""

    full_name = fields.full_name_field()
    phone = fields.phone_field(fields.PHONE_REASON)
    line1 = forms.CharField(
        label=_("Address"),
        max_length=200,
        error_messages={"required": _("Enter house number and street.")},
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    line2 = forms.CharField(
        label=_("Flat, landmark"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    postal_code = forms.CharField(
        label=_("PIN code"),
        max_length=12,
        error_messages={"required": _("Enter the PIN code.")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    city = forms.CharField(
        label=_("City"),
        max_length=80,
        error_messages={"required": _("Enter the city.")},
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        error_messages={"required": _("Choose the state.")},
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = geography.state_choices(store_facts().country)
        self.fields["state"].choices = [("", _("Choose a state")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask the address itself what is wrong with it, field by field."""
        cleaned = super().clean() or {}
        if not self.errors:
            for field, message in geography.address_problems(self.address()).items():
                # Name and phone of a checkout are judged by the block that asks for them.
                if field in self.fields:
                    self.add_error(field, message)
        return cleaned

    def address(self) -> PostalAddress:
        """Build the plain address of the cleaned values."""
        data = self.cleaned_data
        return PostalAddress(
            full_name=data.get("full_name", ""),
            phone=data.get("phone", ""),
            line1=data.get("line1", ""),
            line2=data.get("line2", ""),
            city=data.get("city", ""),
            state=data.get("state", ""),
            postal_code=data.get("postal_code", "").replace(" ", ""),
            country=store_facts().country,
        )


class CheckoutAddressForm(AddressForm):
    """An address below the contact block, which already asks for name and phone."""

    def __init__(self, *args: Any, contact: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._contact = contact
        del self.fields["full_name"]
        del self.fields["phone"]

    def address(self) -> PostalAddress:
        """Build the address with the contact's name and phone."""
        self.cleaned_data |= self._contact
        return super().address()
