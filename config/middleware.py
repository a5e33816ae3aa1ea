"""What every answer of the web process carries: a request id and the right content policy."""

import re
from collections.abc import Callable, Iterator

import structlog
from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from shop.core.keys import new_key

ADMIN_PREFIX = "/admin/"
# The admin theme evaluates expressions and sets inline styles; without both its pages break.
ADMIN_POLICY = {"script-src": ("'unsafe-eval'",), "style-src": ("'unsafe-inline'",)}
NUL = "\0"
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
REQUEST_ID_HEADER = "X-Request-ID"
ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
NONCE_PLACE = "{nonce}"
# What a decorator of django-csp leaves on an answer whose policy differs.
POLICY_CHANGES = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")


class RequestIdMiddleware:
    """One id follows a click through the logs, the jobs and the calls it causes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get(REQUEST_ID_HEADER, "")
        accepted = ACCEPTED_REQUEST_ID.fullmatch(offered)
        request_id = offered if accepted else new_key()
        # Django lets middleware add to a request; its types know only what Django adds itself.
        request.correlation_id = request_id  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response[REQUEST_ID_HEADER] = request_id
        return response


class NulByteMiddleware:
    """Turn away what no text column can hold, before a query on PostgreSQL fails over it.

    Names in an address that hold a NUL byte are simply not there; a filter or a form field with one
    is a broken request. JSON bodies are checked by the serializers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path_info:
            raise Http404
        if any(NUL in text for values in request.GET.lists() for text in (values[0], *values[1])):
            raise BadRequest("A NUL byte has no place in a filter.")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Look at form fields once the view is known, right where CSRF reads them too."""
        is_form = request.content_type in FORM_TYPES
        if is_form and any(NUL in value for value in _texts(request)):
            raise BadRequest("A NUL byte has no place in a form.")


def _texts(request: HttpRequest) -> Iterator[str]:
    for name, values in request.POST.lists():
        yield name
        yield from values


class ContentPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere, with two exceptions below the admin's address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self.with_nonce = build_policy(nonce=NONCE_PLACE)
        self.without_nonce = build_policy()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Write the policy, which is ready but for the nonce unless something changes it."""
        if not self._is_usual(request, response):
            return super().process_response(request, response)
        nonce = getattr(request, "_csp_nonce", None)
        if nonce is None:
            response.headers[HEADER] = self.without_nonce
            # Who asks for one now comes too late, and is told so. (Types know Django's names only.)
            request.csp_nonce = CheckableLazyObject(  # type: ignore[attr-defined]
                self._csp_nonce_post_response
            )
        else:
            response.headers[HEADER] = self.with_nonce.replace(NONCE_PLACE, nonce)
        return response

    @staticmethod
    def _is_usual(request: HttpRequest, response: HttpResponseBase) -> bool:
        return not (
            settings.DEBUG
            or request.path_info.startswith(ADMIN_PREFIX)
            or HEADER in response.headers
            or any(name in response.__dict__ for name in POLICY_CHANGES)
        )

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Loosen the policy for the admin only."""
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(ADMIN_PREFIX) and not report_only:
            parts.update = {**(parts.update or {}), **ADMIN_POLICY}
        return parts
