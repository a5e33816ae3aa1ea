"""Forms of the storefront: they turn what was typed into plain values and name what is wrong."""

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, even when it is empty; nothing when the page was only opened."""
    return request.POST if request.method == "POST" else None
