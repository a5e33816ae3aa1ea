"""Settings of the reports."""

from shop.core.options import Option, register

register(
    Option(
        key="reports.price_bands",
        kind="text",
        default="500,1000,2500,5000,10000",
        help="Borders of the price bands, in the currency of the report, separated by commas.",
    ),
    Option(
        key="reports.rows_on_screen",
        kind="int",
        default=200,
        minimum=10,
        maximum=2000,
        help="How many rows a report shows on the page; files hold all of them.",
    ),
)
