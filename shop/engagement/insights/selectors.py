"""Questions about visits."""

from datetime import date

from django.db.models import Sum

from shop.engagement.insights.models import DailyVisits


def visits_between(*, first: date, last: date) -> int:
    """How many visits began on these days of the store's calendar."""
    days = DailyVisits.objects.filter(day__gte=first, day__lte=last)
    return int(days.aggregate(sum=Sum("visits"))["sum"] or 0)
