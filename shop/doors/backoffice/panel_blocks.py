"""Blocks that other packages fill on our pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from shop.core import panels


def shown_panels(request: HttpRequest, page: str, row: Any) -> list[tuple[str, SafeString]]:
    """Title and content of each block that this person may see."""
    return [
        (panel.title, render_to_string(panel.template, panel.loader(row), request))
        for panel in panels.panels_for(page, request.user)
    ]
