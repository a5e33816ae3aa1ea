"""Products, variants and what they hang on."""

import factory
from django.utils import timezone

from shop.goods.catalog.models import (
    Attribute,
    AttributeChoice,
    Category,
    Product,
    ProductCategory,
    ProductImage,
    ProductType,
    TaxClass,
    Variant,
)


class TaxClassFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TaxClass
        django_get_or_create = ("code",)

    code = "standard"
    name = "Standard"


class CategoryFactory(factory.django.DjangoModelFactory):
    """A category; `parent=` gives it a place, and its path follows."""

    class Meta:
        model = Category

    name = factory.Sequence(lambda number: f"Category {number}")
    slug = factory.LazyAttribute(lambda row: row.name.lower().replace(" ", "-"))
    parent = None
    path = factory.LazyAttribute(
        lambda row: f"{row.parent.path}/{row.slug}" if row.parent else row.slug
    )
    depth = factory.LazyAttribute(lambda row: row.path.count("/") + 1)


class ProductTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProductType

    code = factory.Sequence(lambda number: f"type-{number}")
    name = factory.LazyAttribute(lambda row: row.code.capitalize())


class AttributeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attribute

    product_type = factory.SubFactory(ProductTypeFactory)
    code = factory.Sequence(lambda number: f"attribute-{number}")
    name = factory.LazyAttribute(lambda row: row.code.capitalize())
    kind = Attribute.Kind.TEXT


class AttributeChoiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AttributeChoice

    attribute = factory.SubFactory(AttributeFactory, kind=Attribute.Kind.CHOICE)
    value = factory.Sequence(lambda number: f"Choice {number}")


class ProductFactory(factory.django.DjangoModelFactory):
    """A published product without variants; `categories=[…]` puts it there."""

    class Meta:
        model = Product
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Product {number}")
    slug = factory.Sequence(lambda number: f"product-{number}")
    tax_class = factory.SubFactory(TaxClassFactory)
    hsn_code = "6404"
    is_published = True
    published_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def categories(self, create, extracted, **kwargs):
        for category in extracted or ():
            ProductCategory.objects.create(product=self, category=category)


class VariantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Variant

    product = factory.SubFactory(ProductFactory)
    sku = factory.Sequence(lambda number: f"SKU-{number:05d}")


class ProductImageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ProductImage

    product = factory.SubFactory(ProductFactory)
    file = "products/picture.webp"
    alt = "A picture"
    width = 1024
    height = 1024
