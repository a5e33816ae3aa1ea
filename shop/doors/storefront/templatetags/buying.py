"""Template tags of cart, checkout and orders."""

from __future__ import annotations

from django import template
from django.core.files.storage import default_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString

from shop.doors.storefront.templatetags.store import icon
from shop.goods.catalog.data import VariantFacts

register = template.Library()


@register.simple_tag
def thumb(facts: VariantFacts | None) -> SafeString:
    """The small picture of a line on its tinted tile; decoration beside the name."""
    tint = facts.tint if facts else 1
    if facts is None or not facts.image_path:
        return format_html('<span class="tile tile--thumb tile--{}">{}</span>', tint, icon("image"))
    smallest = min(facts.image_renditions.items(), key=lambda item: int(item[0]), default=None)
    path = smallest[1] if smallest else facts.image_path
    return format_html(
        '<span class="tile tile--thumb tile--{}">'
        '<img src="{}" alt="" width="72" height="72" loading="lazy"></span>',
        tint,
        default_storage.url(path),
    )
