"""Everything one product page shows, gathered in a fixed number of questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.html import strip_tags

from shop.core import options as business_options
from shop.core.statements import Statement
from shop.doors.storefront import delivery, options
from shop.doors.storefront.choices import Choice, OptionGroup, groups_of
from shop.doors.storefront.memory import kept, store_facts
from shop.goods.catalog.models import AttributeValue, Product, ProductImage, Variant
from shop.goods.inventory import selectors as inventory
from shop.pricing.price_lists import selectors as price_lists

SUMMARY_LENGTH = 160

VARIANTS = Statement(
    lambda product_id: Variant.objects.filter(product_id=product_id, is_active=True).order_by(
        "position", "pk"
    )
)
PICTURES = Statement(
    lambda product_id: ProductImage.objects.filter(product_id=product_id).order_by("position", "pk")
)
FACTS = Statement(
    lambda product_id: (
        AttributeValue.objects.filter(product_id=product_id)
        .select_related("attribute")
        .order_by("attribute__position", "attribute__name")
    )
)


@dataclass(frozen=True)
class Specification:
    """One line of the table of facts."""

    name: str
    value: str


@dataclass(frozen=True)
class Delivery:
    """When the parcel would come and what that costs."""

    name: str
    fee: Decimal
    currency: str
    first: date
    last: date


@dataclass(frozen=True)
class ProductPage:
    """A product as its page shows it, with one variant chosen."""

    name: str
    brand: str
    short_description: str
    description: str
    rating_average: Decimal
    rating_count: int
    is_preview: bool
    images: Sequence[ProductImage]
    chosen: Choice
    options: Sequence[OptionGroup]
    alternative: Choice | None
    specifications: Sequence[Specification]
    delivery: Delivery | None
    return_days: int
    maximum: int
    tint: int

    @property
    def is_sellable(self) -> bool:
        """Whether the chosen variant can go into a cart now."""
        return self.chosen.price is not None and self.chosen.available > 0

    @property
    def summary(self) -> str:
        """One or two plain sentences for search engines."""
        text = self.short_description or " ".join(strip_tags(self.description).split())
        return text[:SUMMARY_LENGTH] or self.name


def load(*, product: Product, wanted_sku: str, is_preview: bool, now: datetime) -> ProductPage:
    """Gather the page of a product; an unknown SKU falls back to the first one in stock."""
    choices = _choices(product, now)
    chosen = _chosen(choices, wanted_sku)
    images = PICTURES.all(product_id=product.pk)
    return_days, most_units = kept("product.rules", _rules)
    return ProductPage(
        name=product.name,
        brand=product.brand,
        short_description=product.short_description,
        description=product.description,
        rating_average=product.rating_average,
        rating_count=product.rating_count,
        is_preview=is_preview,
        images=_with_chosen_first(images, chosen),
        chosen=chosen,
        options=groups_of(product.option_names, choices, chosen),
        alternative=_alternative(choices, chosen),
        specifications=_specifications(product, chosen),
        delivery=_delivery(chosen, now),
        return_days=return_days,
        maximum=min(chosen.available, most_units),
        tint=product.pk % 6 + 1,
    )


def _rules() -> tuple[int, int]:
    """What the page says about returns and big orders; the cart asks again before it holds."""
    return business_options.value(options.RETURN_DAYS), business_options.value("cart.max_units")


def _choices(product: Product, now: datetime) -> list[Choice]:
    variants = VARIANTS.all(product_id=product.pk)
    ids = [variant.pk for variant in variants]
    prices = price_lists.prices_for(variant_ids=ids, currency=store_facts().currency, now=now)
    units = inventory.available(ids)
    return [
        Choice(
            key=variant.key,
            sku=variant.sku,
            title=variant.title,
            barcode=variant.barcode,
            image_id=variant.image_id,
            values=_texts(variant.option_values),
            price=prices.get(variant.pk),
            available=units.get(variant.pk, 0),
        )
        for variant in variants
    ]


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items()}


def _chosen(choices: Sequence[Choice], wanted_sku: str) -> Choice:
    by_sku = {choice.sku: choice for choice in choices}
    if wanted_sku in by_sku:
        return by_sku[wanted_sku]
    ready = [choice for choice in choices if choice.is_ready]
    return next(iter(ready or choices), Choice.nothing())


def _alternative(choices: Sequence[Choice], chosen: Choice) -> Choice | None:
    if chosen.is_ready:
        return None
    return next((choice for choice in choices if choice.is_ready and choice.title), None)


def _with_chosen_first(images: list[ProductImage], chosen: Choice) -> list[ProductImage]:
    return sorted(images, key=lambda image: image.pk != chosen.image_id)


def _specifications(product: Product, chosen: Choice) -> list[Specification]:
    rows = [
        Specification(name=row.attribute.name, value=f"{row.text} {row.attribute.unit}".strip())
        for row in FACTS.all(product_id=product.pk)
    ]
    if product.brand:
        rows.insert(0, Specification(name="Brand", value=product.brand))
    if chosen.barcode:
        rows.append(Specification(name="Barcode", value=chosen.barcode))
    return rows


def _delivery(chosen: Choice, now: datetime) -> Delivery | None:
    if not chosen.is_ready or chosen.price is None:
        return None
    offer = delivery.first_offer(goods=chosen.price.amount, now=now)
    if offer is None:
        return None
    return Delivery(
        name=offer.name,
        fee=offer.fee,
        currency=store_facts().currency,
        first=offer.delivery_from,
        last=offer.delivery_to,
    )
