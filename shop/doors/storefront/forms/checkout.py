"""The one-page checkout: contact, delivery, payment."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.directory.geography.addresses import PostalAddress
from shop.doors.storefront.forms import fields
from shop.doors.storefront.forms.addresses import CheckoutAddressForm

Choices = list[tuple[str, str]]


class ContactForm(forms.Form):
    """Whom to tell about the order."""

    email = fields.email_field(_("For the confirmation and tracking link."))
    full_name = fields.full_name_field()
    phone = fields.phone_field(fields.PHONE_REASON)


class PaymentForm(forms.Form):
    """How it travels, how it is paid, and the total the customer saw."""

    same_address = forms.BooleanField(
        label=_("Shipping address same as billing address"), required=False
    )
    shipping_code = forms.ChoiceField(
        label=_("Delivery method"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how we should deliver.")},
    )
    payment_method = forms.ChoiceField(
        label=_("Payment method"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a payment method.")},
    )
    expected_total = forms.DecimalField(
        max_digits=19,
        decimal_places=4,
        min_value=Decimal(0),
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_digits", "max_decimal_places"),
            _("Please check the total and place the order again."),
        ),
    )

    def __init__(
        self,
        *args: Any,
        shipping: Choices | None,
        payment: Choices | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("shipping_code", shipping), ("payment_method", payment)):
            sent = str(self.data.get(name, ""))[:40] if choices is None else ""
            self.fields[name].choices = [(sent, sent)] if sent else choices or []  # type: ignore[attr-defined]


class CheckoutForms:
    """The four small forms of the page, validated together so that every error shows at once.

    Without choices any code is taken as sent: placing the order refuses what is not offered, and
    need not be preceded by all the questions that showing the page takes.
    """

    def __init__(
        self,
        *,
        data: Any = None,
        initial: dict[str, dict[str, Any]] | None = None,
        shipping: Choices | None = None,
        payment: Choices | None = None,
    ) -> None:
        start = initial or {}
        self._data, self._start = data, start
        self.payment = PaymentForm(
            data, shipping=shipping, payment=payment, initial=start.get("payment")
        )
        self.is_same_address = (
            data is None and start.get("payment", {}).get("same_address", True)
        ) or bool(data and data.get("same_address"))

    @property
    def is_bound(self) -> bool:
        """Whether the page was sent."""
        return self._data is not None

    def is_blank(self, name: str) -> bool:
        """Whether nothing is filled in yet, neither sent nor known of the customer."""
        return not self.is_bound and not self._start.get(name)

    @cached_property
    def contact(self) -> ContactForm:
        """Whom to tell."""
        return ContactForm(self._data, initial=self._start.get("contact"))

    @cached_property
    def billing(self) -> CheckoutAddressForm:
        """Where the invoice goes."""
        return self._address("billing", self._data)

    @cached_property
    def shipping(self) -> CheckoutAddressForm:
        """Where the parcel goes, when that is somewhere else.

        What is not asked for is not judged: an address that stays hidden shows no mistakes.
        """
        return self._address("shipping", None if self.is_same_address else self._data)

    def _address(self, prefix: str, data: Any) -> CheckoutAddressForm:
        sent = self._data or {}
        contact = {name: sent.get(name, "") for name in ("full_name", "phone")}
        return CheckoutAddressForm(
            data, prefix=prefix, contact=contact, initial=self._start.get(prefix)
        )

    def _parts(self) -> list[forms.Form]:
        parts: list[forms.Form] = [self.contact, self.billing]
        if not self.is_same_address:
            parts.append(self.shipping)
        return [*parts, self.payment]

    def is_valid(self) -> bool:
        """Validate every visible part, not only up to the first mistake."""
        valid = [part.is_valid() for part in self._parts()]
        return all(valid)

    def problems(self) -> list[tuple[str, str, str]]:
        """List element id, label and message of every invalid field, for the summary on top."""
        found: list[tuple[str, str, str]] = []
        for part in self._parts():
            for name, messages in part.errors.items():
                if name in part.fields and not part[name].is_hidden:
                    found.append((part[name].auto_id, self._label(part, name), str(messages[0])))
                else:
                    found.append(("", "", str(messages[0])))
        return found

    def _label(self, part: forms.Form, name: str) -> str:
        """The name of a field; where a page asks for two addresses, of which one."""
        label = str(part[name].label)
        return _("Shipping: %(field)s") % {"field": label} if part is self.shipping else label

    def billing_address(self) -> PostalAddress:
        """The address on the invoice."""
        return self.billing.address()

    def shipping_address(self) -> PostalAddress:
        """The address on the parcel."""
        return self.billing.address() if self.is_same_address else self.shipping.address()
