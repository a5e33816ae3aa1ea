"""Typed attributes: what they are, and what they are for one product."""

from datetime import datetime

from django.db import transaction

from shop.core.actors import Actor
from shop.core.events import publish
from shop.goods.catalog import attribute_values, slugs
from shop.goods.catalog.attribute_values import Raw
from shop.goods.catalog.events import ProductChanged
from shop.goods.catalog.models import Attribute, AttributeChoice, AttributeValue, ProductType


@transaction.atomic
def save_product_type(*, code: str, name: str, actor: Actor, now: datetime) -> ProductType:
    """Create a product type or rename it."""
    product_type, _ = ProductType.objects.update_or_create(code=code, defaults={"name": name})
    return product_type


@transaction.atomic
def save_attribute(
    *,
    product_type_id: int,
    name: str,
    code: str = "",
    kind: str = Attribute.Kind.TEXT,
    unit: str = "",
    is_filterable: bool = False,
    position: int = 0,
    actor: Actor,
    now: datetime,
) -> Attribute:
    """Say what can be said about a kind of product, or change how it is said."""
    attribute, _ = Attribute.objects.update_or_create(
        product_type_id=product_type_id,
        code=code or slugs.slugify(name)[:60],
        defaults={
            "name": name,
            "kind": kind,
            "unit": unit,
            "is_filterable": is_filterable,
            "position": position,
        },
    )
    return attribute


@transaction.atomic
def save_choice(
    *, attribute_id: int, value: str, position: int = 0, actor: Actor, now: datetime
) -> AttributeChoice:
    """Add a value that may be chosen, or move it."""
    choice, _ = AttributeChoice.objects.update_or_create(
        attribute_id=attribute_id, value=value, defaults={"position": position}
    )
    return choice


@transaction.atomic
def set_attribute(
    *, product_id: int, attribute_id: int, value: Raw | None, actor: Actor, now: datetime
) -> AttributeValue | None:
    """Say what an attribute is for a product; nothing, or an empty text, takes it away."""
    attribute = Attribute.objects.get(pk=attribute_id)
    if value is None or value == "":
        AttributeValue.objects.filter(product_id=product_id, attribute=attribute).delete()
        publish(ProductChanged(product_id=product_id))
        return None
    choice = attribute.choices.filter(value=str(value).strip()).first()
    row, _ = AttributeValue.objects.update_or_create(
        product_id=product_id,
        attribute=attribute,
        defaults=dict(attribute_values.columns(attribute, value, choice)),
    )
    publish(ProductChanged(product_id=product_id))
    return row
