"""The store's places for tests."""

import factory

from shop.directory.organization.models import Location


class LocationFactory(factory.django.DjangoModelFactory):
    """A warehouse."""

    class Meta:
        model = Location

    code = factory.Sequence(lambda number: f"WH{number}")
    name = factory.Sequence(lambda number: f"Warehouse {number}")
    city = "Madanapalle"
    state = "AP"
    postal_code = "517325"
