"""Whole numbers as clients write them; digits of other scripts and endless ones are none."""


def is_whole(text: str, digits: int = 18) -> bool:
    """Say whether a text is a whole number that everything here can work with."""
    return text.isascii() and text.isdigit() and len(text) <= digits


def whole(text: str, usual: int, digits: int = 8) -> int:
    """Return a whole number, or the usual one where somebody wrote something else."""
    return int(text) if is_whole(text, digits) else usual
