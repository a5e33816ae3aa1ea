"""What people call a record, and which key that is."""

from typing import Any

from django.db.models import Model, QuerySet

from crm_sync.exceptions import UnknownRecord
from crm_sync.mappings import names
from crm_sync.models import ChangeMark, SyncJob
from shop.directory.customers.models import Customer
from shop.goods.catalog.models import Product, Variant
from shop.pricing.price_lists.models import PriceList
from shop.sales.cart.models import Cart
from shop.sales.orders.models import Order
from shop.sales.payments.models import Payment

MODELS: dict[str, type[Model]] = {
    names.PRICE_LIST: PriceList,
    names.PRODUCT: Product,
    names.CUSTOMER: Customer,
    names.CART: Cart,
    names.ORDER: Order,
    names.PAYMENT: Payment,
}
ALIASES = {"pricelist": names.PRICE_LIST, "variant": names.PRODUCT}


def find(model: str, text: str) -> tuple[str, str]:
    """Answer mapping and key of a record named by key, order number, e-mail or SKU."""
    mapping = ALIASES.get(model.lower(), model.lower().rpartition(".")[2])
    if mapping not in names.STAGES:
        raise UnknownRecord(f"Unknown kind {model}; known are: {', '.join(names.STAGES)}")
    key = _key(mapping, text.strip())
    if not (_is_ours(mapping, key) or _is_remembered(mapping, key)):
        raise UnknownRecord(f"There is no {mapping.replace('_', ' ')} {text.strip()}.")
    return mapping, key


def _is_ours(mapping: str, key: str) -> bool:
    rows: QuerySet[Any] = MODELS[mapping]._default_manager.all()
    return rows.filter(**{"code" if mapping == names.PRICE_LIST else "key": key}).exists()


def _is_remembered(mapping: str, key: str) -> bool:
    """What was deleted in the shop still has its story."""
    return any(
        model._default_manager.filter(mapping=mapping, key=key).exists()
        for model in (SyncJob, ChangeMark)
    )


def label_of(mapping: str, key: str) -> str:
    """Answer how people call a record: order number, name of the customer or the product."""
    rows: QuerySet[Any]
    if mapping == names.ORDER:
        rows = Order.objects.filter(key=key).values_list("number", flat=True)
    elif mapping == names.CUSTOMER:
        rows = Customer.objects.filter(key=key).values_list("full_name", flat=True)
    elif mapping == names.PRODUCT:
        rows = Product.objects.filter(key=key).values_list("name", flat=True)
    else:
        return key
    return str(rows.first() or key)


def _key(mapping: str, text: str) -> str:
    if mapping == names.ORDER:
        return Order.objects.filter(number=text).values_list("key", flat=True).first() or text
    if mapping == names.CUSTOMER and "@" in text:
        people = Customer.objects.filter(email=text.lower(), merged_into=None)
        return people.order_by("user_id").values_list("key", flat=True).first() or text
    if mapping == names.PRODUCT:
        rows = Variant.objects.filter(sku=text).values_list("product__key", flat=True)
        return rows.first() or text
    return text
