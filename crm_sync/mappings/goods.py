"""Product2, Pricebook2 and PricebookEntry: what the shop sells, and for how much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crm_sync.mappings import names
from crm_sync.mappings.records import Record, money, text
from shop.goods.catalog.models import Product, Variant
from shop.goods.inventory import selectors as inventory
from shop.pricing.price_lists import selectors as price_lists
from shop.pricing.price_lists.models import Price, PriceList

STORE_CURRENCY = "INR"
STAND_IN_NAME = "Other goods and charges"


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """One variant with what Salesforce is told about it."""

    variant: Variant
    product: Product
    stock: int
    price: Price | None


def price_list_record(price_list: PriceList) -> Record:
    """A price list is a price book."""
    return Record(
        kind=names.PRICE_LIST,
        key=price_list.code,
        sobject="Pricebook2",
        external_id=names.external_id(names.PRICE_LIST, price_list.code),
        fields={"Name": price_list.name, "IsActive": True},
    )


def shop_price_list() -> PriceList | None:
    """The price list whose prices become the shop's price book."""
    default = price_lists.default_price_list(STORE_CURRENCY)
    return default if isinstance(default, PriceList) else None


def variant_facts(product_keys: Sequence[str]) -> list[VariantFacts]:
    """Read the variants of many products in a constant number of queries."""
    variants = list(
        Variant.objects.filter(product__key__in=product_keys)
        .select_related("product__primary_category")
        .order_by("product_id", "position", "pk")
    )
    ids = [variant.pk for variant in variants]
    stock = inventory.available(ids)
    prices = _prices(ids)
    return [
        VariantFacts(
            variant=variant,
            product=variant.product,
            stock=stock.get(variant.pk, 0),
            price=prices.get(variant.pk),
        )
        for variant in variants
    ]


def _prices(variant_ids: Iterable[int]) -> dict[int, Price]:
    book = shop_price_list()
    if book is None:
        return {}
    rows = Price.objects.filter(price_list=book, variant_id__in=list(variant_ids))
    return {price.variant_id: price for price in rows}


def product_record(facts: VariantFacts) -> Record:
    """A variant is a Product2, because that is what is sold."""
    product, variant = facts.product, facts.variant
    name = f"{product.name} – {variant.title}" if variant.title else product.name
    category = product.primary_category
    return Record(
        kind=names.PRODUCT,
        key=variant.key,
        sobject="Product2",
        external_id=names.external_id(names.PRODUCT, variant.key),
        fields={
            "Name": name,
            "ProductCode": variant.sku,
            "StockKeepingUnit": variant.sku,
            "Description": text(product.short_description),
            "IsActive": product.is_published and variant.is_active,
            "Shop_Category__c": category.name if category else None,
            "Shop_Stock__c": facts.stock,
        },
    )


def _entry(kind: str, key: str, amount: Decimal, book: dict[str, object]) -> Record:
    return Record(
        kind=kind,
        key=key,
        sobject="PricebookEntry",
        external_id=names.external_id(kind, key),
        # An entry stays active when its product is withdrawn: old orders still name it.
        fields={"UnitPrice": money(amount), "IsActive": True},
        on_create={"Product2": names.reference(names.PRODUCT, key), **book},  # type: ignore[dict-item]
    )


def standard_price_record(key: str, amount: Decimal, standard_book_id: str) -> Record:
    """Salesforce wants a standard price before any other."""
    return _entry(names.STANDARD_PRICE, key, amount, {"Pricebook2Id": standard_book_id})


def price_record(key: str, amount: Decimal, price_list: PriceList) -> Record:
    """The price in the shop's own book."""
    book: dict[str, object] = {"Pricebook2": names.reference(names.PRICE_LIST, price_list.code)}
    return _entry(names.PRICE, key, amount, book)


def stand_in_record() -> Record:
    """One product that stands for lines whose goods are no longer in the catalog."""
    return Record(
        kind=names.PRODUCT,
        key=names.STAND_IN,
        sobject="Product2",
        external_id=names.external_id(names.PRODUCT, names.STAND_IN),
        fields={"Name": STAND_IN_NAME, "ProductCode": "OTHER", "IsActive": True},
    )
