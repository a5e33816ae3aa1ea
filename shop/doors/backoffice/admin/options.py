"""Business settings: every one with its value and meaning, changed within its bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from shop.core import options
from shop.core.models import OptionValue
from shop.doors.backoffice.acting import actor_of
from shop.doors.backoffice.base import Keeping, StoreAdmin


@dataclass(frozen=True)
class Setting:
    """One setting as the page lists it."""

    key: str
    value: str
    default: str
    help: str
    link: str
    is_changed: bool


def written(value: Any) -> str:
    """A value as people type it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(options.as_json(value))


def bounds_of(option: options.Option) -> str:
    """What a setting may be, in words."""
    if option.kind == options.BOOL:
        return str(_("on or off"))
    if option.choices:
        return ", ".join(option.choices)
    unit = f" {_('seconds')}" if option.kind == options.DURATION else ""
    low, high = option.minimum, option.maximum
    parts = [
        str(word) % written(bound)
        for word, bound in ((_("at least %s"), low), (_("at most %s"), high))
        if bound is not None
    ]
    return ", ".join(parts) + unit if parts else unit.strip()


def _choices() -> list[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for option in options.declared():
        title = option.key.split(".")[0].replace("_", " ").capitalize()
        groups.setdefault(title, []).append((option.key, f"{option.key} – {option.help}"))
    return [("", _("Choose a setting")), *groups.items()]


class OptionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A setting and its value, as typed; checked against the setting's own bounds."""

    key = forms.ChoiceField(label=_("Setting"), choices=_choices, widget=UnfoldAdminSelectWidget)
    value = forms.CharField(
        label=_("Value"), required=False, max_length=2000, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = OptionValue
        fields = ("key", "value")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["value"] = written(self.instance.value)
            self.fields["value"].help_text = _hint(self.instance.key)

    def clean(self) -> dict[str, Any]:
        """Say beside the field what does not fit."""
        cleaned = super().clean() or self.cleaned_data
        key = self.instance.key if self.instance.pk else cleaned.get("key")
        if not key:
            return cleaned
        try:
            option = options.get_option(key)
            typed = option.clean(cleaned.get("value"))
        except options.UnknownOption:
            raise forms.ValidationError(_("There is no such setting any more.")) from None
        except options.InvalidOption as problem:
            raise forms.ValidationError({"value": str(problem)}) from None
        if not self.instance.pk and typed == options.value(key):
            raise forms.ValidationError({"value": _("That is its value already.")})
        return cleaned


def _hint(key: str) -> str:
    try:
        option = options.get_option(key)
    except options.UnknownOption:
        return str(_("No part of the store reads this setting any more."))
    limits = bounds_of(option)
    default = _("Default: %s.") % written(option.default)
    return " ".join(
        part for part in (option.help, f"({limits})" if limits else "", default) if part
    )


@admin.register(OptionValue)
class OptionAdmin(Keeping, StoreAdmin):
    """Changed settings above, all settings below; a value is set through the service."""

    form = OptionForm
    list_display = ("key", "shown", "updated_at")
    search_fields = ("key",)
    ordering = ("key",)
    fields = ("key", "value")
    list_after_template = "admin/core/all_settings.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A setting at its default has no row yet; changing it needs no more than changing."""
        return bool(self.has_change_permission(request))

    @display(description=_("Value"))
    def shown(self, row: OptionValue) -> str:
        """The value as it is typed."""
        return written(row.value)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The key of a stored setting stays."""
        return ("key",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Coming from the list, the setting is chosen and its value filled in."""
        key = request.GET.get("key", "")
        known = {option.key for option in options.declared()}
        return {"key": key, "value": written(options.value(key))} if key in known else {}

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Say beside the value what the chosen setting may be."""
        form = super().get_form(request, obj, **kwargs)
        chosen = self.get_changeform_initial_data(request) if obj is None else {}
        if chosen:
            form.base_fields["value"].help_text = _hint(chosen["key"])
        return form

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show all settings below those that were changed."""
        rows = dict(OptionValue.objects.values_list("key", "pk"))
        listed = [_setting(option, rows.get(option.key)) for option in options.declared()]
        context = {**(extra_context or {}), "settings": listed, "title": _("Settings")}
        return cast("HttpResponse", super().changelist_view(request, context))

    def save_model(self, request: HttpRequest, obj: OptionValue, form: Any, change: bool) -> None:
        """Set the value through the service: bounded and audited."""
        options.set_value(obj.key, form.cleaned_data["value"], actor_of(request), timezone.now())
        obj.pk = OptionValue.objects.values_list("pk", flat=True).get(key=obj.key)


def _setting(option: options.Option, row: int | None) -> Setting:
    if row is None:
        link = f"{reverse('admin:core_optionvalue_add')}?key={option.key}"
    else:
        link = reverse("admin:core_optionvalue_change", args=[row])
    return Setting(
        key=option.key,
        value=written(options.value(option.key)),
        default=written(option.default),
        help=option.help,
        link=link,
        is_changed=row is not None,
    )
