"""Numbers of shipping."""

from shop.core.options import Option, register

TAX_CLASS = "shipping.tax_class"

register(
    Option(
        key=TAX_CLASS,
        kind="text",
        default="standard",
        help="Code of the tax class that shipping fees fall under.",
    ),
)
