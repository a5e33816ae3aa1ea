"""What may be wrong with the store's own data."""


class InvalidProfile(Exception):
    """The profile names a number or place that cannot be; the message says which."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message
