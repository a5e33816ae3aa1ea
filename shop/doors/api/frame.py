"""What all views of the API share: JSON, keys, problems, and the first answer again."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.utils import timezone
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from shop.core import idempotency
from shop.doors.api import errors
from shop.doors.api.authentication import ADMIN, STOREFRONT, BearerKey, HasScope, key_of
from shop.sales.checkout.exceptions import PurchaseRefused

ANYBODY_WITH_A_KEY = (STOREFRONT, ADMIN)
IDEMPOTENCY_HEADER = "Idempotency-Key"
LONGEST_IDEMPOTENCY_KEY = 100
LARGEST_BODY = 1024 * 1024


class ApiView(APIView):
    """A resource: which scope opens which method stands in `scopes`; others need `admin`."""

    authentication_classes = [BearerKey]
    permission_classes = [HasScope]
    renderer_classes = [JSONRenderer]
    parser_classes = [JSONParser]
    scopes: dict[str, tuple[str, ...]] = {}

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        """Answer problems."""
        return errors.answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is too large before it is read."""
        super().initial(request, *args, **kwargs)
        length = request.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > LARGEST_BODY:
            raise RequestDataTooBig(f"A request may have at most {LARGEST_BODY} bytes.")


class Pages(CursorPagination):
    """Lists by cursor, latest first: a page does not move while rows are added."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = ("-key",)


def idempotency_key(request: Request) -> str:
    """The key of a submission, or nothing."""
    key = request.headers.get(IDEMPOTENCY_HEADER, "").strip()
    if len(key) > LONGEST_IDEMPOTENCY_KEY or not key.isprintable():
        raise PurchaseRefused({IDEMPOTENCY_HEADER: "Use at most 100 printable characters."})
    return key


def once(request: Request, work: Callable[[], tuple[int, dict[str, Any]]]) -> Response:
    """Do the work, or give the first answer again when the same submission came before."""
    key = idempotency_key(request)
    if not key:
        status, body = work()
        return Response(body, status=status)
    content = json.dumps([request.method, request.path, request.data], sort_keys=True)
    with transaction.atomic():
        claim = idempotency.begin(
            scope=f"api:{key_of(request).pk}",
            key=key,
            fingerprint=hashlib.sha256(content.encode()).hexdigest(),
            now=timezone.now(),
        )
        if claim.answer is None:
            status, body = work()
            claim.finish({"status": status, "body": body})
    kept = claim.answer or {}
    return Response(kept["body"], status=kept["status"])
