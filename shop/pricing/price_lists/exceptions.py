"""Why a price was refused."""


class InvalidPrice(ValueError):
    """A price must not be negative, and a crossed-out price must be above it."""


class NoPriceList(LookupError):
    """There is no active price list in this currency."""
