"""Draws plain form controls without a template for each: a list of states has forty options."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]
Option = tuple[str, str, bool]
WIDGETS = "django/forms/widgets/"


class FormRenderer(TemplatesSetting):
    """The usual templates, but for the controls that nearly every field has."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Draw a control as its template would."""
        draw = DRAWN.get(template_name)
        if draw is None:
            return str(super().render(template_name, context, request))
        return draw(context["widget"])


def _input(widget: Widget) -> SafeString:
    value = widget["value"]
    return format_html(
        '<input type="{}" name="{}"{}{}>',
        widget["type"],
        widget["name"],
        "" if value is None else format_html(' value="{}"', value),
        _attributes(widget["attrs"]),
    )


def _select(widget: Widget) -> SafeString:
    groups = widget["optgroups"]
    options = tuple(
        (str(option["value"]), str(option["label"]), bool(option["selected"]))
        for _name, members, _index in groups
        for option in members
    )
    return format_html(
        '<select name="{}"{}>{}</select>',
        widget["name"],
        _attributes(widget["attrs"]),
        _options(options),
    )


@lru_cache(maxsize=256)
def _options(options: tuple[Option, ...]) -> SafeString:
    return mark_safe(  # noqa: S308 - escaped below
        "".join(
            f'<option value="{conditional_escape(value)}"{" selected" if is_selected else ""}>'
            f"{conditional_escape(label)}</option>"
            for value, label, is_selected in options
        )
    )


def _attributes(attributes: Mapping[str, Any]) -> SafeString:
    return flatatt({name: value for name, value in attributes.items() if value is not False})


DRAWN: Mapping[str, Callable[[Widget], str]] = {
    f"{WIDGETS}{name}.html": _input
    for name in ("text", "email", "number", "hidden", "password", "date")
} | {f"{WIDGETS}select.html": _select}
