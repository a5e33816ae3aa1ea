"""Named places on pages that higher packages fill."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Panel:
    """One block of a page: who may see it, what it shows and with which template."""

    name: str
    page: str
    title: str
    policy: Callable[[Any], bool]
    loader: Callable[[Any], dict[str, Any]]
    template: str


_panels: dict[str, dict[str, Panel]] = defaultdict(dict)


def register(panel: Panel) -> None:
    """Offer a panel to a page; the same name replaces."""
    _panels[panel.page][panel.name] = panel


def panels_for(page: str, user: Any) -> list[Panel]:
    """Answer the panels of a page that this user may see."""
    return [panel for panel in _panels.get(page, {}).values() if panel.policy(user)]
