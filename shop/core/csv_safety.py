"""Cells that a spreadsheet must not run."""

RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutralise(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would take for a formula."""
    if not isinstance(cell, str) or not cell.lstrip(" ").startswith(RISKY_STARTS):
        return cell
    return cell if _is_number(cell) else f"'{cell}"


def _is_number(cell: str) -> bool:
    """Whether the text is a plain signed number such as -12.50."""
    digits = cell[1:].replace(".", "", 1)
    return cell[:1] in "+-" and digits.isascii() and digits.isdigit()
