"""Forms of the connection page."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget

from crm_sync.client.faults import CallFailed
from crm_sync.client.session import check_address
from crm_sync.connections import setup_of
from crm_sync.models import Connection

SECRETS = ("client_secret", "private_key")


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """The connection: secrets can be written, never read; what the environment sets is fixed."""

    class Meta:
        model = Connection
        fields = [
            "login_url",
            "flow",
            "client_id",
            "client_secret",
            "private_key",
            "username",
            "api_version",
            "ca_file",
        ]
        widgets = {
            "client_secret": UnfoldAdminPasswordWidget(attrs={"autocomplete": "off"}),
            "private_key": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        }
        labels = {"login_url": "Login address", "ca_file": "CA file", "api_version": "API version"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECRETS:
            if name in self.fields:
                self.initial[name] = ""
                self.fields[name].required = False
                self.fields[name].help_text = "Leave empty to keep what is stored."
        for name in setup_of(self.instance).fixed:
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].help_text = "Fixed by the environment."

    def clean_login_url(self) -> str:
        """Refuse addresses that are not safe to sign in to."""
        address = str(self.cleaned_data["login_url"] or "")
        if not address:
            return ""
        try:
            return check_address(address)
        except CallFailed as refusal:
            raise forms.ValidationError(refusal.fault.message) from None

    def changes(self) -> dict[str, Any]:
        """Answer what was changed; an empty secret changes nothing."""
        return {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if name not in SECRETS or self.cleaned_data[name]
        }


class PutAsideForm(forms.Form):
    """Why a failed record is put aside."""

    reason = forms.CharField(max_length=200, strip=True)
