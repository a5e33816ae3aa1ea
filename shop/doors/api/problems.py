"""Errors as `application/problem+json`: one shape for every refusal."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "Who is asking is not known",
    403: "This is not allowed",
    404: "There is no such thing",
    405: "This method is not allowed here",
    409: "This does not fit the present state",
    413: "The request is too large",
    415: "This content type is not understood",
    422: "Something has to be put right first",
    429: "Too many requests",
}


def problem_body(
    status: int, detail: str, errors: Iterable[Mapping[str, str]] = (), code: str = ""
) -> dict[str, Any]:
    """The content of an error; `errors` name field, code and message."""
    return {
        "type": f"urn:store:problem:{code}" if code else "about:blank",
        "title": TITLES.get(status, "This did not work"),
        "status": status,
        "detail": detail,
        "errors": [dict(error) for error in errors],
    }


def problem(
    status: int, detail: str, errors: Iterable[Mapping[str, str]] = (), code: str = ""
) -> HttpResponse:
    """An error as a plain answer."""
    return JsonResponse(
        problem_body(status, detail, errors, code), status=status, content_type=CONTENT_TYPE
    )
