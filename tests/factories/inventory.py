"""Locations with goods on their shelves."""

import factory

from shop.directory.organization.models import Location
from shop.goods.inventory.models import StockItem, StockMovement
from tests.factories.catalog import VariantFactory


class WarehouseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Location

    code = factory.Sequence(lambda number: f"WH-{number}")
    name = factory.LazyAttribute(lambda row: f"Warehouse {row.code}")
    city = "Madanapalle"
    state = "AP"
    postal_code = "517325"


class StockItemFactory(factory.django.DjangoModelFactory):
    """Units on a shelf, with the ledger line that explains them."""

    class Meta:
        model = StockItem
        skip_postgeneration_save = True

    variant = factory.SubFactory(VariantFactory)
    location = factory.SubFactory(WarehouseFactory)
    on_hand = 10

    @factory.post_generation
    def movement(self, create, extracted, **kwargs):
        if self.on_hand:
            StockMovement.objects.create(
                stock_item=self,
                kind=StockMovement.Kind.RECEIPT,
                quantity=self.on_hand,
                on_hand_after=self.on_hand,
                actor_kind="SYSTEM",
                created_at=self.updated_at,
            )
