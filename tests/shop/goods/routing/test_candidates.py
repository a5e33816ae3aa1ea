"""Which warehouse is asked first."""

from importlib import import_module

import pytest
from django.apps import apps

from shop.directory.geography.addresses import PostalAddress
from shop.directory.geography.models import Country, PostalCode
from shop.goods.routing import selectors
from shop.goods.routing.models import RoutingRule
from tests.factories.inventory import WarehouseFactory

pytestmark = pytest.mark.django_db

HYDERABAD = (17.38, 78.48)
CHENNAI = (13.08, 80.27)
DELHI = (28.61, 77.20)


def warehouse(point, **fields):
    return WarehouseFactory(latitude=point[0], longitude=point[1], **fields)


def to_chennai():
    country = Country.objects.get_or_create(code="IN", defaults={"name": "India"})[0]
    PostalCode.objects.create(
        country=country,
        code="600001",
        city="Chennai",
        district="Chennai",
        latitude=13.09,
        longitude=80.28,
    )
    return PostalAddress("Asha", "", "1 Beach Road", "", "Chennai", "TN", "600001")


def test_among_equal_priorities_the_nearest_comes_first():
    north, middle, south = warehouse(DELHI), warehouse(HYDERABAD), warehouse(CHENNAI)

    order = selectors.candidate_locations(destination=to_chennai())

    assert order == (south.pk, middle.pk, north.pk)


def test_priority_comes_before_distance_unless_the_rule_says_otherwise():
    preferred = warehouse(DELHI, priority=1)
    near = warehouse(CHENNAI, priority=2)
    address = to_chennai()

    by_priority = selectors.candidate_locations(destination=address)
    RoutingRule.objects.all().delete()
    RoutingRule.objects.create(name="Nearest", kind=RoutingRule.Kind.NEAREST)
    by_distance = selectors.candidate_locations(destination=address)

    assert by_priority == (preferred.pk, near.pk)
    assert by_distance == (near.pk, preferred.pk)


def test_unknown_destination_falls_back_to_priority():
    second, first = WarehouseFactory(priority=5), WarehouseFactory(priority=1)

    assert selectors.candidate_locations(destination=None) == (first.pk, second.pk)


def test_closed_places_and_offices_serve_nobody():
    WarehouseFactory(is_active=False)
    WarehouseFactory(kind="OFFICE")

    assert selectors.candidate_locations(destination=None) == ()


def test_new_shop_has_one_rule():
    # Once more, for a database that another test has emptied; it does nothing to a fresh one.
    import_module("shop.goods.routing.migrations.0002_default_rule").add_rule(apps, None)

    assert RoutingRule.objects.filter(is_active=True).count() == 1
