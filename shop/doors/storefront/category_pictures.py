"""A picture for each top category: its own, or that of the first product below it."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from shop.doors.storefront import menu
from shop.goods.catalog.models import Category, ProductImage


@dataclass(frozen=True)
class CategoryTile:
    """A top category as the home page shows it."""

    name: str
    url: str
    count: int
    picture: ProductImage | None


def tiles() -> list[CategoryTile]:
    """The top categories of the menu with a picture each, in two questions."""
    entries = menu.main_menu()
    pictures = _pictures([entry.path for entry in entries])
    return [
        CategoryTile(
            name=entry.name, url=entry.url, count=entry.count, picture=pictures.get(entry.path)
        )
        for entry in entries
    ]


def _pictures(paths: list[str]) -> dict[str, ProductImage]:
    first = ProductImage.objects.filter(
        product__is_published=True,
        product__primary_category__path__startswith=OuterRef("path"),
    ).order_by("product_id", "position", "pk")
    chosen = dict(
        Category.objects.filter(path__in=paths)
        .annotate(picture_id=Subquery(first.values("pk")[:1]))
        .values_list("path", "picture_id")
    )
    rows = ProductImage.objects.in_bulk([pk for pk in chosen.values() if pk is not None])
    return {path: rows[pk] for path, pk in chosen.items() if pk in rows}
