"""The figures of a list: remembered for a minute, and for the biggest lists kept ready by a job.

Counting fifty thousand products takes a quarter of a second, so nobody waits for it: a job counts
the whole store and its big categories whenever something was indexed. Such figures are at most
three minutes old; of smaller lists and of anything narrowed they are at most one. Cards, prices
and stock are read with every page and never from here.
"""

import hashlib

from django.core.cache import caches
from django.db.models import Count, Max

from shop.engagement.search import facets, filters
from shop.engagement.search.data import SearchQuery
from shop.engagement.search.documents import CATEGORY
from shop.engagement.search.facets import Summary
from shop.engagement.search.filters import Wanted
from shop.engagement.search.models import SearchDocument
from shop.goods.catalog import selectors as catalog

SECONDS = 60
BIG = 1000  # products; fewer are counted in a few milliseconds
# Should the job stand still, a page counts for itself again after so many seconds.
KEPT_SECONDS = 900
Kept = tuple[str, Summary]  # the edition of the index that was counted, and what came out


def summary(wanted: Wanted) -> Summary:
    """The figures of a question: what is known of it, or counted now."""
    key = f"search.{filters.key_of(wanted)}"
    known: Summary | None = caches["fragments"].get(key)
    if known is None:
        known = _ready(wanted) or facets.count(wanted)
        caches["fragments"].set(key, known, SECONDS)
    return known


def refresh() -> int:
    """Count the biggest lists again if the index has changed; answers how many were counted."""
    edition, total = _edition()
    paths = [
        "",
        *(node.path for node in catalog.walk(catalog.category_tree()) if node.product_count >= BIG),
    ]
    return sum(_refresh(path, edition) for path in paths) if total >= BIG else 0


def _refresh(path: str, edition: str) -> bool:
    name = _name(path)
    kept: Kept | None = caches["default"].get(name)
    if kept is not None and kept[0] == edition:
        caches["default"].touch(name, KEPT_SECONDS)
        return False
    counted = facets.count(filters.look_up(SearchQuery(category_path=path)))
    caches["default"].set(name, (edition, counted), KEPT_SECONDS)
    return True


def _ready(wanted: Wanted) -> Summary | None:
    """What the job has counted; only whole lists are, and only big ones."""
    query = wanted.query
    is_whole = not (
        query.text.strip()
        or wanted.terms.keys() - {CATEGORY}
        or query.in_stock
        or query.price_min is not None
        or query.price_max is not None
    )
    if not is_whole or not _is_big(query.category_path):
        return None
    kept: Kept | None = caches["default"].get(_name(query.category_path))
    return kept[1] if kept else None


def _is_big(path: str) -> bool:
    if path:
        node = catalog.find_node(path)
        return node is not None and node.product_count >= BIG
    return sum(node.product_count for node in catalog.category_tree()) >= BIG


def _edition() -> tuple[str, int]:
    """What changes with every change of the index, and how many documents it holds."""
    found = SearchDocument.objects.aggregate(total=Count("pk"), latest=Max("updated_at"))
    return f"{found['total']} {found['latest']}", found["total"]


def _name(path: str) -> str:
    return f"search.figures.{hashlib.sha256(path.encode()).hexdigest()[:32]}"
