"""Who looked around in the demo store before it opened, so that its conversion says something."""

from datetime import datetime, timedelta
from random import Random

from shop.core.dates import store_date
from shop.engagement.insights import services as insights
from shop.platform.operations.demo.sizes import Size

DAYS = 30
FEWEST = 8
SAW_A_PRODUCT = (0.55, 0.75)  # between these shares of a day's visitors


def load_visits(size: Size, stream: Random, *, now: datetime) -> int:
    """Write the visits of the days before today; answers of how many days."""
    today = store_date(now)
    usual = max(FEWEST, size.live)
    days = {}
    for back in range(DAYS, 0, -1):
        visits = stream.randint(usual * 3 // 4, usual * 5 // 4)
        viewed = round(visits * stream.uniform(*SAW_A_PRODUCT))
        days[today - timedelta(days=back)] = (visits, viewed)
    return insights.record_past_days(days=days)
