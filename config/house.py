"""The apps of the house, from the ground floor up."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

APPS = (
    "shop.core",
    "shop.directory.geography",
    "shop.directory.organization",
    "shop.directory.customers",
    "shop.directory.access",
    "shop.goods.catalog",
    "shop.goods.inventory",
    "shop.goods.shipping",
    "shop.goods.routing",
    "shop.pricing.tax",
    "shop.pricing.price_lists",
    "shop.pricing.promotions",
    "shop.pricing.totals",
    "shop.sales.cart",
    "shop.sales.orders",
    "shop.sales.payments",
    "shop.sales.fulfillment",
    "shop.sales.checkout",
    "shop.sales.amendments",
    "shop.engagement.notifications",
    "shop.engagement.search",
    "shop.platform.transfer",
    "shop.platform.operations",
    "shop.doors.storefront",
    "shop.doors.api",
    "shop.doors.backoffice",
    "crm_sync",
    "reporting",
)


def stands(module: str) -> bool:
    """Whether this part of the tree has been built yet."""
    return (ROOT / module.replace(".", "/") / "__init__.py").exists()


def apps() -> list[str]:
    """The apps that stand."""
    return [app for app in APPS if stands(app)]
