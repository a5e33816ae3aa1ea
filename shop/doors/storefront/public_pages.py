"""The addresses that anybody may open and that search engines should know."""

from collections.abc import Iterator
from datetime import date

from shop.core.dates import store_date
from shop.goods.catalog import selectors as catalog

Page = tuple[str, date | None]


def count() -> int:
    """How many public pages there are."""
    return len(_fixed_pages()) + catalog.published_products().count()


def between(start: int, end: int) -> Iterator[Page]:
    """A stretch of the public pages in a steady order: home, categories, products."""
    fixed = _fixed_pages()
    yield from fixed[start:end]
    first, last = max(start - len(fixed), 0), max(end - len(fixed), 0)
    rows = catalog.published_products().order_by("pk").values_list("slug", "updated_at")
    for slug, updated_at in rows[first:last].iterator():
        yield f"/p/{slug}/", store_date(updated_at)


def _fixed_pages() -> list[Page]:
    categories = catalog.walk(catalog.category_tree())
    return [("/", None), *((f"/c/{node.path}/", None) for node in categories)]
