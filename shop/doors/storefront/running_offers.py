"""The offers that run today, in words for the home page."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from shop.core.money import format_money
from shop.doors.storefront.memory import store_facts
from shop.pricing.promotions import selectors as promotions


@dataclass(frozen=True)
class RunningOffer:
    """An offer as the home page tells it."""

    title: str
    text: str


def today() -> list[RunningOffer]:
    """Every offer a visitor can earn now."""
    terms = promotions.volume_terms()
    if not terms.is_active or terms.percent <= 0:
        return []
    percent = f"{terms.percent.normalize():f}"
    above = format_money(terms.threshold, store_facts().currency)
    return [
        RunningOffer(
            title=_("%(percent)s %% off orders above %(above)s.")
            % {"percent": percent, "above": above},
            text=_("Taken off in the cart by itself, no code needed."),
        )
    ]
