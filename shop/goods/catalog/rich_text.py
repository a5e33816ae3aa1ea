"""Descriptions as HTML: only what a description needs survives."""

import nh3

TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "dl", "dt", "em", "h2", "h3", "h4", "hr", "i",
    "li", "ol", "p", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr",
    "u", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
SCHEMES = {"http", "https", "mailto", "tel"}


def clean(html: str) -> str:
    """Remove scripts, styles and everything else that a description must not bring along."""
    if "<" not in html and "&" not in html:
        return html
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener nofollow",
    )


def plain_text(html: str) -> str:
    """The words of a description without its tags."""
    if "<" not in html:
        return html
    return nh3.clean(html.replace("<", " <"), tags=set())
