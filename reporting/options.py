"""Settings of the reports."""

from decimal import InvalidOperation

from reporting.bands import parse_bands
from shop.core.options import Option, register


def _problem_of(bands: str) -> str:
    """What is wrong with the borders of price bands, in plain words."""
    try:
        borders = parse_bands(bands)
    except (InvalidOperation, TypeError):
        return "must be amounts with commas between them, such as 500,1000"
    if any(not border.is_finite() or border <= 0 for border in borders):
        return "every border must be above zero"
    return "" if len(borders) <= MOST_BANDS else f"at most {MOST_BANDS} borders"


MOST_BANDS = 20

register(
    Option(
        key="reports.price_bands",
        kind="text",
        default="500,1000,2500,5000,10000",
        help="Borders of the price bands, in the currency of the report, separated by commas.",
        check=_problem_of,
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
