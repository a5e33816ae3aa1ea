"""What sells comes first."""

from datetime import timedelta

import pytest

from shop.core import jobs
from shop.engagement.search import selectors, services
from shop.engagement.search.models import SearchDocument
from shop.engagement.search.selectors import SearchQuery
from shop.goods.catalog.models import Variant
from shop.sales.orders.models import Order
from tests.factories.catalog import ProductFactory
from tests.factories.orders import NOW, placed_order
from tests.factories.pricing import sellable_variant

pytestmark = pytest.mark.django_db


def popularity():
    return dict(SearchDocument.objects.values_list("name", "popularity"))


def test_units_sold_lately_decide_the_order_of_lists():
    for name in ("Quiet", "Popular"):
        sellable_variant(product=ProductFactory(name=name), sku=name)
    services.rebuild(now=NOW)
    popular = Variant.objects.get(product__name="Popular")
    placed_order((popular, 3), payment_method="cod")

    changed = services.refresh_popularity(now=NOW)

    assert changed == 1
    assert popularity() == {"Quiet": 0, "Popular": 3}
    assert [card.name for card in selectors.browse(SearchQuery()).cards] == ["Popular", "Quiet"]
    assert services.refresh_popularity(now=NOW) == 0


def test_cancelled_and_old_orders_do_not_count():
    variant = sellable_variant(product=ProductFactory(name="Lamp"))
    placed_order((variant, 3), payment_method="cod")
    services.rebuild(now=NOW)
    after_sale = popularity()

    services.refresh_popularity(now=NOW + timedelta(days=91))
    long_after = popularity()
    Order.objects.update(status="CANCELLED")
    services.refresh_popularity(now=NOW)

    assert (after_sale, long_after, popularity()) == ({"Lamp": 3}, {"Lamp": 0}, {"Lamp": 0})


def test_popularity_is_counted_every_night():
    schedules = {schedule.name: schedule.cron for schedule in jobs.schedules()}

    assert schedules["search.refresh_popularity"] == "15 3 * * *"
