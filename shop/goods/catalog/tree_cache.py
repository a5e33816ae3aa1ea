"""The category tree as every page shows it, kept in memory for half a minute."""

from dataclasses import dataclass, field

from django.core.cache import caches
from django.db import transaction

from shop.goods.catalog.models import Category

KEY = "catalog.tree"
SECONDS = 30


@dataclass(frozen=True)
class CategoryNode:
    """A published category with its published children."""

    id: int
    key: str
    name: str
    slug: str
    path: str
    depth: int
    product_count: int
    image: str
    children: tuple["CategoryNode", ...] = field(default=())


def tree() -> tuple[CategoryNode, ...]:
    """The published categories from the top; one whose parent is hidden is hidden as well."""
    cache = caches["fragments"]
    nodes: tuple[CategoryNode, ...] | None = cache.get(KEY)
    if nodes is None:
        nodes = _read()
        cache.set(KEY, nodes, SECONDS)
    return nodes


def forget_tree() -> None:
    """Read the tree again once this change is committed."""
    transaction.on_commit(lambda: caches["fragments"].delete(KEY))


def _read() -> tuple[CategoryNode, ...]:
    below: dict[int | None, list[Category]] = {}
    for row in Category.objects.filter(is_published=True).order_by("position", "name", "pk"):
        below.setdefault(row.parent_id, []).append(row)

    def nodes(parent_id: int | None) -> tuple[CategoryNode, ...]:
        return tuple(
            CategoryNode(
                id=row.pk,
                key=row.key,
                name=row.name,
                slug=row.slug,
                path=row.path,
                depth=row.depth,
                product_count=row.product_count,
                image=row.image.name or "",
                children=nodes(row.pk),
            )
            for row in below.get(parent_id, [])
        )

    return nodes(None)
