"""Verbs of insights."""

from datetime import datetime
from secrets import randbelow

from django.db import transaction
from django.db.models import F

from shop.core.dates import store_date
from shop.engagement.insights.models import DailyVisits

SHARDS = 8


@transaction.atomic
def count_visit(*, now: datetime) -> None:
    """Count one more visit on this day of the store's calendar."""
    day, shard = store_date(now), randbelow(SHARDS)
    counter = DailyVisits.objects.filter(day=day, shard=shard)
    if not counter.update(visits=F("visits") + 1):
        # The first of the day; another process may open the same counter at this moment.
        DailyVisits.objects.bulk_create([DailyVisits(day=day, shard=shard)], ignore_conflicts=True)
        counter.update(visits=F("visits") + 1)
