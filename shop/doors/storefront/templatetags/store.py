"""The words of the design language: icon, money, picture, field, badge, styles and scripts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core import validators
from django.core.files.storage import default_storage
from django.forms import BoundField
from django.forms.utils import flatatt
from django.template import Context
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale

from shop.core.money import format_money, round_money
from shop.doors.storefront import devices, staticfiles
from shop.doors.storefront.statuses import badge_of

register = template.Library()

ICONS = Path(settings.BASE_DIR) / "static" / "icons"
# How wide a picture is shown, so that the browser takes the smallest rendition that is sharp.
TINTS = 6
CHECKED = frozenset({"text", "email", "select"})
SIZES = {
    "card": "(max-width: 30rem) 45vw, (max-width: 60rem) 30vw, 240px",
    "thumb": "72px",
    "stage": "(max-width: 56rem) 100vw, 600px",
}


@lru_cache(maxsize=512)
def _drawing(name: str, style: str, label: str) -> str:
    svg = (ICONS / f"{name}.svg").read_text(encoding="utf-8").strip()
    role = f'role="img" aria-label="{label}"' if label else 'aria-hidden="true"'
    return svg.replace("<svg ", f'<svg class="{style}" {role} focusable="false" ', 1)


@register.simple_tag
def icon(name: str, style: str = "", label: str = "") -> SafeString:
    """An icon drawn into the page; decoration unless it is given a label."""
    return mark_safe(  # noqa: S308 - our own files
        _drawing(name, f"icon {style}".strip(), escape(label) if label else "")
    )


@lru_cache(maxsize=8192)
def _money(amount: Decimal, currency: str, locale: str) -> SafeString:
    return format_html(
        '<span class="money" data-amount="{}" data-currency="{}">{}</span>',
        f"{amount:f}",
        currency,
        format_money(amount, currency, locale),
    )


@register.simple_tag
def money(amount: Decimal | str | int, currency: str = "INR") -> SafeString:
    """A price as the shopper writes it, with the plain amount beside it for machines."""
    exact = round_money(Decimal(amount), currency)
    return _money(exact, currency, to_locale(get_language() or "en-in"))


@dataclass(frozen=True, slots=True)
class _PictureFacts:
    renditions: Mapping[str, str]
    width: int
    height: int
    path: str

    @classmethod
    def of(cls, image: Any) -> "_PictureFacts":
        """Read a picture of the catalog, or the copy of its facts on a card or a cart line."""
        if hasattr(image, "renditions"):
            return cls(image.renditions, image.width, image.height, image.file.name)
        return cls(image.image_renditions, image.image_width, image.image_height, image.image_path)


@register.simple_tag
def percent_off(price: Decimal, before: Decimal) -> str:
    """How much less than before, in whole percent, never rounded up."""
    saved = int((before - price) * 100 / before) if before > price else 0
    return f"−{saved}%" if saved else ""


@register.filter
def tint(number: int) -> int:
    """One of the six picture tints, in turn."""
    return number % TINTS + 1


@register.simple_tag
def json_ld(facts: Sequence[Mapping[str, Any]]) -> SafeString:
    """Structured data as blocks that no browser runs and no value can leave."""
    return mark_safe(  # noqa: S308 - what could end the block is escaped in the next line
        "".join(
            f'<script type="application/ld+json">{_inside_script(fact)}</script>' for fact in facts
        )
    )


def _inside_script(fact: Mapping[str, Any]) -> str:
    text = json.dumps(fact, ensure_ascii=False, default=str)
    return text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


@register.simple_tag
def picture(
    image: Any, alt: str = "", sizes: str = "card", style: str = "", is_first: bool = False
) -> SafeString:
    """A product's picture in the renditions that exist, with its size so nothing jumps."""
    facts = _PictureFacts.of(image)
    # A page shows dozens of pictures: only what people typed needs the slow way of escaping.
    renditions = sorted((int(width), path) for width, path in facts.renditions.items())
    sources = ", ".join(f"{_media_url(path)} {width}w" for width, path in renditions)
    smallest = _media_url(renditions[0][1] if renditions else facts.path)
    loading = 'fetchpriority="high"' if is_first else 'loading="lazy" decoding="async"'
    return mark_safe(  # noqa: S308 - addresses are quoted, the rest is escaped or ours
        f'<img src="{smallest}" srcset="{sources}" sizes="{SIZES.get(sizes, sizes)}" '
        f'width="{facts.width:d}" height="{facts.height:d}" alt="{escape(alt)}" '
        f'class="{style}" {loading}>'
    )


def _media_url(path: str) -> str:
    return default_storage.url(path).replace("&", "&amp;").replace('"', "%22")


def _checks(bound: BoundField) -> dict[str, str | bool]:
    """What a script says about a field that is left empty or half written."""
    told: dict[str, str | bool] = {}
    if bound.field.required and bound.widget_type in CHECKED:
        told["data-required"] = str(bound.field.error_messages["required"])
    if isinstance(bound.field, forms.EmailField):
        told["data-invalid"] = str(validators.validate_email.message)
    return told


@register.simple_tag
def checks(bound: BoundField) -> SafeString:
    """The same for a control that a template draws by hand."""
    return flatatt(_checks(bound))


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **attributes: str | bool) -> dict[str, Any]:
    """A form field with label above, hint, error and a mark where it is optional."""
    plain = {name.replace("_", "-"): value for name, value in attributes.items() if name != "hint"}
    return {
        "bound": bound,
        "control": bound.as_widget(attrs={**_checks(bound), **plain}),
        "hint": attributes.get("hint", bound.help_text),
        "kind": bound.widget_type,
        "is_optional": not bound.field.required and bound.widget_type != "checkbox",
    }


@register.filter
def device(user_agent: str) -> str:
    """The name of the browser and the system behind a sign-in."""
    return devices.name_of(user_agent)


@register.simple_tag
def status_badge(status: str, text: str = "") -> SafeString:
    """A state as icon and word, in the same colour wherever it is shown."""
    return _badge(status, text, get_language() or "")


@lru_cache(maxsize=512)
def _badge(status: str, text: str, _language: str) -> SafeString:
    kind, drawing, word = badge_of(status)
    return format_html(
        '<span class="badge badge--{}" data-status="{}">{}{}</span>',
        kind,
        status,
        icon(drawing),
        text or word,
    )


def _are_joined() -> bool:
    return isinstance(staticfiles_storage, ManifestFilesMixin) and not settings.DEBUG


@register.simple_tag
def styles() -> SafeString:
    """The style sheets: one joined file where they were collected, else each of them."""
    names = [staticfiles.JOINED_STYLES] if _are_joined() else staticfiles.style_names()
    return format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((static(name),) for name in names)
    )


@register.simple_tag(takes_context=True)
def scripts(context: Context) -> SafeString:
    """Our modules, with the nonce of the page."""
    names = [staticfiles.JOINED_SCRIPTS] if _are_joined() else staticfiles.script_names()
    nonce = context.get("csp_nonce", "")
    return format_html_join(
        "\n",
        '<script type="module" src="{}" nonce="{}"></script>',
        ((static(name), nonce) for name in names),
    )
