"""The words of templates, put in when a template is read: the store speaks one language.

This library stands where Django's `i18n` would (`TEMPLATES` in the settings), with the same tags.
A sentence that is whole becomes plain text; one with gaps is looked up once and filled when drawn.
With a second language in the settings every tag is Django's own again.
"""

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, Parser, TextNode, Token
from django.template.base import render_value_in_context as shown
from django.templatetags import i18n
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)

WHOLE = 2  # the tag's name and one literal


class Sentence(Node):
    """A translated sentence with gaps."""

    def __init__(self, text: str, gaps: tuple[str, ...], given: Mapping[str, FilterExpression]):
        self.text = text
        self.gaps = gaps
        self.given = given

    def render(self, context: template.Context) -> SafeString:
        """Fill the gaps; what is typed by people is escaped as everywhere."""
        filling = {name: shown(self._value(name, context), context) for name in self.gaps}
        return mark_safe(self.text % filling)  # noqa: S308 - the words are ours, gaps are escaped

    def _value(self, name: str, context: template.Context) -> Any:
        found = self.given.get(name)
        return found.resolve(context) if found is not None else context.get(name, "")


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    """Translate now what is a literal and nothing else."""
    node: Node = i18n.do_translate(parser, token)
    bits = token.split_contents()
    if len(settings.LANGUAGES) > 1 or len(bits) != WHOLE or not _is_literal(bits[1]):
        return node
    with translation.override(settings.LANGUAGE_CODE):
        return TextNode(node.render(template.Context()))


@register.tag("blocktranslate")
@register.tag("blocktrans")
def blocktranslate(parser: Parser, token: Token) -> Node:
    """Look up now what has no plural, no context and no name to be kept under."""
    found: Node = i18n.do_block_translate(parser, token)
    node: Any = found  # its parts have no types
    if len(settings.LANGUAGES) > 1 or node.countervar or node.message_context or node.asvar:
        return found
    said, gaps = node.render_token_list(node.singular)
    with translation.override(settings.LANGUAGE_CODE):
        text = translation.gettext(said)
    try:
        text % dict.fromkeys(gaps, "")
    except (KeyError, ValueError):  # a translation that fits no gap: Django falls back
        return found
    return Sentence(text, tuple(dict.fromkeys(gaps)), dict(node.extra_context))


def _is_literal(bit: str) -> bool:
    quote = bit[0]
    return quote in "'\"" and bit.endswith(quote) and bit.count(quote) == WHOLE
