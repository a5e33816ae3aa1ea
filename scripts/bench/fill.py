"""Fill a store for measuring: `python -m scripts.bench.fill products 50000` or `orders 100000`."""

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.utils import timezone  # noqa: E402 - only after the set-up above

from shop.core.actors import SYSTEM_ACTOR  # noqa: E402
from shop.directory.customers.models import Customer  # noqa: E402
from shop.directory.organization.models import Location  # noqa: E402
from shop.engagement.search import services as search  # noqa: E402
from shop.goods.catalog import services as catalog  # noqa: E402
from shop.goods.catalog.data import ProductData, VariantData  # noqa: E402
from shop.goods.catalog.models import Category, TaxClass, Variant  # noqa: E402
from shop.goods.inventory import services as inventory  # noqa: E402
from shop.goods.inventory.data import LevelRow  # noqa: E402
from shop.pricing.price_lists import services as price_lists  # noqa: E402
from shop.pricing.price_lists.data import PriceRow  # noqa: E402
from shop.pricing.price_lists.models import PriceList  # noqa: E402
from shop.sales.orders import services as orders  # noqa: E402
from shop.sales.orders.dataclasses import PastLine, PastOrder  # noqa: E402

CHUNK = 1000
PREFIX = "BENCH"
MATERIALS = (
    "Brass",
    "Teak",
    "Cotton",
    "Steel",
    "Clay",
    "Linen",
    "Glass",
    "Bamboo",
    "Copper",
    "Jute",
)
THINGS = (
    "Lamp",
    "Bowl",
    "Chair",
    "Kettle",
    "Basket",
    "Shelf",
    "Mirror",
    "Blanket",
    "Tray",
    "Clock",
)
STYLES = ("Round", "Tall", "Small", "Folding", "Woven", "Polished", "Painted", "Plain")
UNITS = 100_000
STATES = (("Bengaluru", "KA", "South"), ("Mumbai", "MH", "West"), ("Delhi", "DL", "North"))


def products(count: int, now: datetime) -> int:
    """Published products with a price and stock, spread over the categories that are there."""
    paths = list(Category.objects.order_by("path").values_list("path", flat=True))
    tax_classes = list(TaxClass.objects.order_by("code").values_list("code", flat=True))
    price_list = PriceList.objects.get(currency="INR", is_default=True)
    places = list(Location.objects.filter(kind="WAREHOUSE", is_active=True).order_by("pk")[:2])
    for start in range(0, count, CHUNK):
        numbers = range(start, min(start + CHUNK, count))
        catalog.upsert_products(
            rows=[_product(n, paths, tax_classes) for n in numbers], actor=SYSTEM_ACTOR, now=now
        )
        skus = [_sku(n) for n in numbers]
        ids = dict(Variant.objects.filter(sku__in=skus).values_list("sku", "pk"))
        price_lists.import_prices(
            price_list_id=price_list.pk,
            rows=[PriceRow(ids[_sku(n)], Decimal(100 + n % 4900)) for n in numbers],
            actor=SYSTEM_ACTOR,
            now=now,
        )
        inventory.import_levels(
            rows=[LevelRow(ids[sku], place.pk, UNITS) for sku in skus for place in places],
            actor=SYSTEM_ACTOR,
            now=now,
        )
    search.rebuild(now=now)
    return count


def _sku(number: int) -> str:
    return f"{PREFIX}-{number:06}"


def _product(number: int, paths: list[str], tax_classes: list[str]) -> ProductData:
    style, material, thing = (
        STYLES[number % len(STYLES)],
        MATERIALS[number // 8 % len(MATERIALS)],
        THINGS[number // 80 % len(THINGS)],
    )
    return ProductData(
        name=f"{style} {material} {thing} {number}",
        brand=f"{material} & Co",
        category_paths=(paths[number % len(paths)],),
        short_description=f"A {style.lower()} {thing.lower()} of {material.lower()}.",
        tax_class=tax_classes[number % len(tax_classes)],
        is_published=True,
        source="bench",
        source_key=_sku(number),
        variants=(VariantData(sku=_sku(number), weight_grams=500),),
    )


def past_orders(count: int, now: datetime) -> int:
    """Finished orders of two lines each, over the last 400 days."""
    customers = list(Customer.objects.order_by("pk").values_list("pk", flat=True)[:200])
    variants = list(
        Variant.objects.filter(sku__startswith=PREFIX)
        .order_by("pk")
        .values_list("pk", "key", "sku", "product__key", "product__name")[:5000]
    )
    rows = _orders(count, now, customers, variants)
    for _start in range(0, count, CHUNK):
        chunk = [row for _, row in zip(range(CHUNK), rows, strict=False)]
        orders.record_past_orders(orders=chunk, actor=SYSTEM_ACTOR, now=now)
    return count


def _orders(
    count: int, now: datetime, customers: list[int], variants: list[tuple[int, str, str, str, str]]
) -> Iterator[PastOrder]:
    for number in range(count):
        city, state, region = STATES[number % len(STATES)]
        yield PastOrder(
            source="bench",
            source_number=f"{number:07}",
            customer_id=customers[number % len(customers)],
            placed_at=now - timedelta(minutes=number * 576_000 // count),
            currency="INR",
            lines=[
                _line(variants[(number * 2 + turn) % len(variants)], turn + 1) for turn in (0, 1)
            ],
            email=f"buyer{number % 5000}@example.com",
            full_name="A Buyer",
            shipping_city=city,
            shipping_state=state,
            shipping_country="IN",
            region=region,
        )


def _line(variant: tuple[int, str, str, str, str], quantity: int) -> PastLine:
    variant_id, variant_key, sku, product_key, name = variant
    price = Decimal(100 + variant_id % 4900)
    return PastLine(
        title=name,
        quantity=quantity,
        unit_price=price,
        total=price * quantity,
        sku=sku,
        variant_id=variant_id,
        variant_key=variant_key,
        product_key=product_key,
    )


def sample(count: int) -> dict[str, Any]:
    """Some of the products that were filled in: address and SKU."""
    rows = (
        Variant.objects.filter(sku__startswith=PREFIX)
        .order_by("key")
        .values_list("product__slug", "sku")[:count]
    )
    return {"goods": [{"path": f"/p/{slug}/", "sku": sku} for slug, sku in rows]}


def categories(count: int) -> dict[str, Any]:
    """Addresses of the fullest categories."""
    paths = (
        Category.objects.filter(is_published=True)
        .order_by("-product_count", "path")
        .values_list("path", flat=True)[:count]
    )
    return {"paths": [f"/c/{path.strip('/')}/" for path in paths]}


WRITERS = {"products": products, "orders": past_orders}
READERS = {"sample": sample, "categories": categories}


def main() -> int:
    """Fill with one kind of rows and tell how long it took, or answer what is there."""
    kind, count = sys.argv[1], int(sys.argv[2])
    if kind in READERS:
        print(json.dumps(READERS[kind](count)))
        return 0
    began = time.monotonic()
    written = WRITERS[kind](count, timezone.now())
    seconds = time.monotonic() - began
    answer = {"rows": written, "seconds": round(seconds, 1), "per_second": round(written / seconds)}
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
