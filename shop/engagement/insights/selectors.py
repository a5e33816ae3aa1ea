"""Questions about visits."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from shop.engagement.insights.models import DailyVisits


@dataclass(frozen=True)
class Traffic:
    """How many visits began, and on how many visitors' days a product was seen."""

    visits: int
    product_viewers: int


def traffic_between(*, first: date, last: date) -> Traffic:
    """What came to the store on these days of its calendar."""
    days = DailyVisits.objects.filter(day__gte=first, day__lte=last)
    sums = days.aggregate(visits=Sum("visits"), viewers=Sum("product_viewers"))
    return Traffic(int(sums["visits"] or 0), int(sums["viewers"] or 0))
