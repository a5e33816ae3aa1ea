"""Attribute values of an import."""

from shop.goods.catalog import attribute_values, slugs
from shop.goods.catalog.attribute_values import Columns
from shop.goods.catalog.bulk.batch import Batch
from shop.goods.catalog.models import Attribute, AttributeChoice, AttributeValue

COLUMNS = ("text", "number", "boolean", "date", "choice")
Place = tuple[int, str]


def write(batch: Batch) -> None:
    """Set the attributes that rows name; those of a type that nobody declared become texts."""
    rows = [
        (product, code_of(name), name, value)
        for product, row in batch.products
        if product.product_type_id
        for name, value in row.attributes.items()
        if value and code_of(name)
    ]
    if not rows:
        return
    attributes = _attributes(
        {(product.product_type_id or 0, code): name for product, code, name, _ in rows}
    )
    choices = _Choices(attributes)
    current = {
        (value.product_id, value.attribute_id): value
        for value in AttributeValue.objects.filter(
            product_id__in={product.pk for product, _, _, _ in rows}
        ).select_related("choice")
    }
    new: dict[tuple[int, int], AttributeValue] = {}
    changed: list[AttributeValue] = []
    for product, code, _, raw in rows:
        attribute = attributes[product.product_type_id or 0, code]
        columns = _columns(attribute, raw, choices)
        value = current.get((product.pk, attribute.pk))
        if value is None:
            new[product.pk, attribute.pk] = AttributeValue(
                product=product, attribute=attribute, **columns
            )
            batch.touch(product)
        elif value.text != columns["text"]:
            for name in COLUMNS:
                setattr(value, name, dict(columns)[name])
            changed.append(value)
            batch.touch(product)
    AttributeValue.objects.bulk_create(new.values(), batch_size=1000)
    AttributeValue.objects.bulk_update(changed, COLUMNS, batch_size=300)


def code_of(name: str) -> str:
    """The code that an attribute of this name has."""
    return slugs.slugify(name)[:60]


class _Choices:
    """The values that may be chosen; a file may bring new ones."""

    def __init__(self, attributes: dict[Place, Attribute]) -> None:
        pks = [row.pk for row in attributes.values() if row.kind == Attribute.Kind.CHOICE]
        found = AttributeChoice.objects.filter(attribute_id__in=pks)
        self.known = {(row.attribute_id, row.value): row for row in found}

    def get(self, attribute: Attribute, raw: str) -> AttributeChoice:
        value = raw.strip()[:120]
        place = (attribute.pk, value)
        if place not in self.known:
            self.known[place] = AttributeChoice.objects.create(
                attribute=attribute, value=value, position=len(self.known)
            )
        return self.known[place]


def _columns(attribute: Attribute, raw: str, choices: _Choices) -> Columns:
    if attribute.kind == Attribute.Kind.CHOICE:
        return attribute_values.columns(attribute, raw, choices.get(attribute, raw))
    return attribute_values.columns(attribute, raw)


def _attributes(wanted: dict[Place, str]) -> dict[Place, Attribute]:
    types = {type_id for type_id, _ in wanted}
    found = {
        (row.product_type_id, row.code): row
        for row in Attribute.objects.filter(product_type_id__in=types)
    }
    for (type_id, code), name in wanted.items():
        if (type_id, code) not in found:
            found[type_id, code] = Attribute.objects.create(
                product_type_id=type_id, code=code, name=name[:120]
            )
    return found
