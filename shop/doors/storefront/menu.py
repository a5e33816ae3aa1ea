"""The category tree as the header, the home page and the category pages show it."""

from dataclasses import dataclass

from shop.doors.storefront.memory import made_of
from shop.goods.catalog import selectors as catalog


@dataclass(frozen=True)
class MenuEntry:
    """A published category and those right below it."""

    name: str
    path: str
    count: int
    children: tuple["MenuEntry", ...] = ()

    @property
    def url(self) -> str:
        """Where the category is shown."""
        return f"/c/{self.path}/"


def main_menu() -> tuple[MenuEntry, ...]:
    """The published top categories with their children; empty ones stay out of the menu."""
    tree = catalog.category_tree()
    return made_of(
        "frame.menu", (tree,), lambda: tuple(_entry(node) for node in tree if node.product_count)
    )


def children_of(path: str) -> tuple[MenuEntry, ...]:
    """The published categories right below one."""
    node = catalog.find_node(path)
    return tuple(_entry(child) for child in node.children) if node else ()


def crumbs_to(path: str) -> list[tuple[str, str]]:
    """Names and addresses from the top down to a category."""
    return [(node.name, f"/c/{node.path}/") for node in catalog.breadcrumb(path)]


def _entry(node: catalog.CategoryNode) -> MenuEntry:
    return MenuEntry(
        name=node.name,
        path=node.path,
        count=node.product_count,
        children=tuple(_entry(child) for child in node.children if child.product_count),
    )
