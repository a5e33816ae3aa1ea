"""The goods of the demo store: pictures, filters, owners and stock. Products come from a file."""

import csv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import transaction

from shop.core.actors import Actor
from shop.directory.customers.models import User
from shop.directory.organization.models import Location
from shop.goods.catalog import pictures
from shop.goods.catalog import services as catalog
from shop.goods.catalog.models import Attribute, Product, ProductType, Variant
from shop.goods.inventory import services as inventory
from shop.goods.inventory.data import LevelRow
from shop.goods.inventory.models import StockItem

CATALOGUE = Path("fixtures") / "products_200.csv"
MEDIA = Path("fixtures") / "media" / "demo"
# What customers look for first; everything else stays a plain fact of the product page.
FILTERS = ("Material", "Connection", "Sole", "Fit", "Light", "Lens", "Resolution", "Screen")
SELLER_BRANDS = ("Vastra Vihar", "Kanpur Leather House", "Surbahar")
_SOLD_OUT = 0.04
_SCARCE = 0.08
_RENDERERS = 2


def catalogue_rows() -> list[dict[str, str]]:
    """The rows of the catalogue file."""
    path = Path(settings.BASE_DIR) / CATALOGUE
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@transaction.atomic
def declare_filters(rows: Iterable[dict[str, str]], *, actor: Actor, now: datetime) -> None:
    """Say which attributes of which kind of product are offered as filters."""
    wanted = {
        (row["product_type"], name)
        for row in rows
        for name in FILTERS
        if row.get(f"attribute:{name}")
    }
    for code, name in sorted(wanted):
        kind = catalog.save_product_type(
            code=code, name=code.replace("-", " ").capitalize(), actor=actor, now=now
        )
        _declare(kind, name, actor, now)


def _declare(kind: ProductType, name: str, actor: Actor, now: datetime) -> None:
    catalog.save_attribute(
        product_type_id=kind.pk,
        code=name.lower(),
        name=name,
        kind=Attribute.Kind.CHOICE,
        is_filterable=True,
        actor=actor,
        now=now,
    )


def attach_pictures(rows: Iterable[dict[str, str]], *, actor: Actor, now: datetime) -> int:
    """Give each product without a picture its own; a drawing is rendered once for all of them."""
    names = {row["handle"]: row["pictures"] for row in rows if row["pictures"]}
    waiting = list(Product.objects.filter(slug__in=names, images__isnull=True).order_by("pk"))
    drawings = sorted({names[product.slug] for product in waiting})
    # The pictures are made outside the interpreter's lock, so two at a time take half as long.
    with ThreadPoolExecutor(_RENDERERS) as pool:
        rendered = dict(zip(drawings, pool.map(_render, drawings), strict=True))
    with transaction.atomic():  # one: what follows from a changed product is done once for all
        for number, product in enumerate(waiting):
            catalog.attach_picture(
                product_id=product.pk,
                picture=rendered[names[product.slug]],
                alt=product.name,
                tint=number % 6 + 1,
                actor=actor,
                now=now,
            )
    return len(waiting)


def _render(name: str) -> pictures.Picture:
    path = Path(settings.BASE_DIR) / MEDIA / f"{name}.webp"
    return pictures.prepare(path.read_bytes())


@transaction.atomic
def give_to_seller(*, email: str) -> int:
    """Some brands belong to the seller, who sees and edits only them."""
    seller = User.objects.get(email=email)
    mine = Product.objects.filter(brand__in=SELLER_BRANDS, owner=None)
    return sum(1 for product in mine.order_by("pk") if _give(product, seller))


def _give(product: Product, seller: User) -> bool:
    product.owner = seller
    product.save(update_fields=["owner", "updated_at"])
    return True


@transaction.atomic
def fill_shelves(random: Random, *, actor: Actor, now: datetime) -> int:
    """Book opening stock where nothing was ever booked, as one receipt for each place."""
    variants = list(Variant.objects.order_by("sku").values_list("pk", flat=True))
    locations = list(Location.objects.order_by("priority", "code").values_list("pk", flat=True))
    booked = set(StockItem.objects.values_list("variant_id", flat=True))
    rows = []
    for variant_id in variants:
        levels = _levels(random, len(locations))
        if variant_id not in booked:
            rows += [
                LevelRow(variant_id=variant_id, location_id=place, on_hand=level)
                for place, level in zip(locations, levels, strict=True)
            ]
    inventory.import_levels(rows=rows, reference="opening stock", actor=actor, now=now)
    return len(rows)


def _levels(random: Random, places: int) -> list[int]:
    """A few goods are sold out and a few scarce, so that pages have something to say."""
    luck = random.random()
    if luck < _SOLD_OUT:
        return [0] * places
    if luck < _SOLD_OUT + _SCARCE:
        return [random.randrange(1, 4), *[0] * (places - 1)]
    return [random.randrange(5, 60) for _ in range(places)]
