"""Which formats there are, and which of them a file is in."""

from collections.abc import Sequence

from shop.platform.transfer.exceptions import FileRefused
from shop.platform.transfer.formats.flipkart import FlipkartProducts
from shop.platform.transfer.formats.online_retail import OnlineRetailOrders
from shop.platform.transfer.formats.parser import Parser
from shop.platform.transfer.formats.plain_customers import PlainCustomers
from shop.platform.transfer.formats.plain_orders import PlainOrders
from shop.platform.transfer.formats.plain_products import PlainProducts
from shop.platform.transfer.formats.plain_stock import PlainStock
from shop.platform.transfer.formats.shopify import ShopifyProducts
from shop.platform.transfer.formats.woocommerce import WooCommerceProducts

AUTO = "auto"
PARSERS: tuple[type[Parser], ...] = (
    ShopifyProducts,
    WooCommerceProducts,
    FlipkartProducts,
    PlainProducts,
    PlainCustomers,
    PlainStock,
    OnlineRetailOrders,
    PlainOrders,
)


def format_names(kind: str) -> tuple[str, ...]:
    """The formats in which this kind of record can come."""
    return tuple(parser.name for parser in PARSERS if parser.object == kind)


def choose_parser(kind: str, name: str, columns: Sequence[str]) -> type[Parser]:
    """The format that was named, or the one whose own columns the file has."""
    candidates = [parser for parser in PARSERS if parser.object == kind]
    if name != AUTO:
        return next(parser for parser in candidates if parser.name == name)
    for parser in candidates:
        names = {parser.aliases.get(column, column) for column in columns}
        if parser.marks <= names:
            return parser
    raise FileRefused(
        f"The file is in none of the formats {', '.join(format_names(kind))}: "
        f"its columns are {', '.join(columns)[:1000]}. "
        "Name the format with --format, or the columns with --mapping."
    )
