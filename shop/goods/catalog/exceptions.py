"""Why the catalog refused a change."""


class CategoryLoop(Exception):
    """A category cannot lie below itself."""


class SkuTaken(Exception):
    """Another product already sells under this SKU."""

    def __init__(self, sku: str) -> None:
        self.sku = sku
        super().__init__(f"SKU {sku} belongs to another product")


class NotPublishable(Exception):
    """A product needs at least one active variant before it can be shown."""


class InvalidAttributeValue(ValueError):
    """A value does not fit the kind of its attribute."""

    def __init__(self, attribute: str, problem: str) -> None:
        self.attribute = attribute
        super().__init__(f"{attribute}: {problem}")


class InvalidPicture(ValueError):
    """A file is not a picture that the shop can show."""
