"""The category tree: saving, moving, and keeping paths, counts and old addresses right."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from shop.core.actors import Actor
from shop.core.events import publish
from shop.core.keys import new_key
from shop.goods.catalog import counts, old_links, slugs
from shop.goods.catalog.data import CategoryData
from shop.goods.catalog.events import CategoryChanged
from shop.goods.catalog.exceptions import CategoryLoop
from shop.goods.catalog.models import Category, OldAddress
from shop.goods.catalog.tree_cache import forget_tree


@transaction.atomic
def save_category(
    *, data: CategoryData, category_id: int | None = None, actor: Actor, now: datetime
) -> Category:
    """Create a category or change it; a new slug moves everything below and keeps old links."""
    tree = _lock_tree()
    category = tree[category_id] if category_id else Category(key=new_key())
    parent = tree[data.parent_id] if data.parent_id else None
    _refuse_loop(category, parent)
    for name in ("name", "position", "description", "is_published"):
        setattr(category, name, getattr(data, name))
    category.meta_title = data.meta_title
    category.meta_description = data.meta_description
    return _place(category, parent, data.slug, tree)


@transaction.atomic
def move_category(
    *, category_id: int, parent_id: int | None, position: int = 0, actor: Actor, now: datetime
) -> Category:
    """Hang a category with everything below it under another parent, or at the top."""
    tree = _lock_tree()
    category = tree[category_id]
    parent = tree[parent_id] if parent_id else None
    _refuse_loop(category, parent)
    category.position = position
    return _place(category, parent, category.slug, tree)


@transaction.atomic
def ensure_categories(
    *, paths: Collection[str], actor: Actor, now: datetime
) -> dict[str, Category]:
    """The categories of paths such as "Home/Lighting", made where they are missing."""
    by_path = {category.path: category for category in Category.objects.all()}
    found: dict[str, Category] = {}
    for path in paths:
        parent: Category | None = None
        for name in filter(None, (part.strip() for part in path.split("/"))):
            slug = slugs.slugify(name)
            known = by_path.get(_join(parent, slug)) if slug else _named(by_path, parent, name)
            if known is None:
                data = CategoryData(name=name[:120], parent_id=parent.pk if parent else None)
                known = save_category(data=data, actor=actor, now=now)
                by_path[known.path] = known
            parent = known
        if parent:
            found[path] = parent
    return found


@transaction.atomic
def refresh_product_counts() -> None:
    """Count the published products of every category again."""
    counts.refresh()
    forget_tree()


def _lock_tree() -> dict[int, Category]:
    """The whole tree, held still: it is small, and a path depends on every row above it."""
    return {row.pk: row for row in Category.objects.select_for_update().order_by("pk")}


def _refuse_loop(category: Category, parent: Category | None) -> None:
    if parent and category.pk and f"{parent.path}/".startswith(f"{category.path}/"):
        raise CategoryLoop(f"{category.name} cannot lie below {parent.name}")


def _join(parent: Category | None, slug: str) -> str:
    return f"{parent.path}/{slug}" if parent else slug


def _named(by_path: dict[str, Category], parent: Category | None, name: str) -> Category | None:
    parent_id = parent.pk if parent else None
    return next(
        (row for row in by_path.values() if row.parent_id == parent_id and row.name == name), None
    )


def _place(
    category: Category, parent: Category | None, wanted_slug: str, tree: dict[int, Category]
) -> Category:
    """Give a category its slug and path below a parent, and take its subtree along."""
    old_path = category.path
    siblings = {
        row.slug
        for row in tree.values()
        if row.parent_id == (parent.pk if parent else None) and row.pk != category.pk
    }
    base = slugs.base_slug(wanted_slug, category.name, category.key)[:110]
    category.parent = parent
    category.slug = slugs.first_free(base, siblings)
    category.path = _join(parent, category.slug)
    category.depth = category.path.count("/") + 1
    category.save()
    if old_path and old_path != category.path:
        _take_along(category, old_path, tree)
    forget_tree()
    publish(CategoryChanged(category_id=category.pk))
    return category


def _take_along(category: Category, old_path: str, tree: dict[int, Category]) -> None:
    moved = {category.key: (old_path, category.path)}
    below = [row for row in tree.values() if row.path.startswith(f"{old_path}/")]
    for row in below:
        before = row.path
        row.path = category.path + row.path[len(old_path) :]
        row.depth = row.path.count("/") + 1
        moved[row.key] = (before, row.path)
    Category.objects.bulk_update(below, ["path", "depth"])
    old_links.remember(kind=OldAddress.Kind.CATEGORY, moved=moved)
    counts.refresh([old_path.rpartition("/")[0] or category.path, category.path])
