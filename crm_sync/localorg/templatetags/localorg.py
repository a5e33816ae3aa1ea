"""Small helpers for the org's pages."""

from django import template

register = template.Library()


@register.filter
def pick(values: dict[str, object], name: str) -> object:
    """Return a value by a name that only the data knows."""
    return values.get(name)
