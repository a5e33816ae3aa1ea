"""Verbs of insights."""

from collections.abc import Mapping
from datetime import date, datetime
from secrets import randbelow

from django.db import transaction
from django.db.models import F

from shop.core.dates import store_date
from shop.engagement.insights import viewers
from shop.engagement.insights.models import DailyVisits

SHARDS = 8


@transaction.atomic
def count_visit(*, now: datetime) -> None:
    """Count one more visit on this day of the store's calendar."""
    _add_one("visits", store_date(now))


def count_product_view(*, address: str, browser: str, now: datetime) -> None:
    """Count a visitor who looks at a product, with the first product that the day shows them."""
    if viewers.is_first_today(address=address, browser=browser, now=now):
        with transaction.atomic():
            _add_one("product_viewers", store_date(now))


@transaction.atomic
def record_past_days(*, days: Mapping[date, tuple[int, int]]) -> int:
    """Write visits and viewers of days gone by into a store that has counted none yet."""
    if DailyVisits.objects.exists():
        return 0
    DailyVisits.objects.bulk_create(
        DailyVisits(day=day, shard=0, visits=visits, product_viewers=viewed)
        for day, (visits, viewed) in days.items()
    )
    return len(days)


def _add_one(column: str, day: date) -> None:
    shard = randbelow(SHARDS)
    counter = DailyVisits.objects.filter(day=day, shard=shard)
    if not counter.update(**{column: F(column) + 1}):
        # The first of the day; another process may open the same counter at this moment.
        DailyVisits.objects.bulk_create([DailyVisits(day=day, shard=shard)], ignore_conflicts=True)
        counter.update(**{column: F(column) + 1})
