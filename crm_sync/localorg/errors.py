"""Failures as the platform names them."""

from collections.abc import Sequence

HTTP_STATUS = {
    "INVALID_SESSION_ID": 401,
    "INVALID_AUTH_HEADER": 401,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "API_DISABLED_FOR_ORG": 403,
    "API_CURRENTLY_DISABLED": 403,
    "FUNCTIONALITY_NOT_ENABLED": 403,
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,
    "NOT_FOUND": 404,
    "ENTITY_IS_DELETED": 404,
    "METHOD_NOT_ALLOWED": 405,
    "GONE": 410,
    "PRECONDITION_FAILED": 412,
    "URI_TOO_LONG": 414,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "REQUEST_ENTITY_TOO_LARGE": 413,
    "REQUEST_HEADER_FIELDS_TOO_LARGE": 431,
    "UNKNOWN_EXCEPTION": 500,
    "APEX_ERROR": 500,
    "SERVER_UNAVAILABLE": 503,
}


class SalesforceError(Exception):
    """A refusal that a client sees with its code, its text and the fields it is about."""

    def __init__(
        self,
        code: str,
        message: str,
        fields: Sequence[str] | None = None,
        *,
        status: int | None = None,
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = list(fields) if fields is not None else None
        self.status = status or HTTP_STATUS.get(code, 400)
        self.extra = extra or {}
        self.others: list[SalesforceError] = []

    @property
    def each(self) -> "list[SalesforceError]":
        """Return this refusal with those that came together with it."""
        return [self, *self.others]

    def as_rest(self) -> list[dict[str, object]]:
        """Return the shape of a failed REST resource."""
        entry: dict[str, object] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            entry["fields"] = self.fields
        return [{**self.extra, **entry}, *(row for one in self.others for row in one.as_rest())]

    def as_item(self) -> dict[str, object]:
        """Return the shape of one failed row inside a successful answer."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields or []}

    def as_items(self) -> list[dict[str, object]]:
        """Return the shape of everything that is wrong with one row."""
        return [one.as_item() for one in self.each]


def not_found(
    message: str = "The requested resource does not exist",
) -> SalesforceError:
    """Return the refusal for an address that leads nowhere."""
    return SalesforceError("NOT_FOUND", message)


def parser_error(message: str) -> SalesforceError:
    """Return the refusal for a body that cannot be read."""
    return SalesforceError("JSON_PARSER_ERROR", message)
