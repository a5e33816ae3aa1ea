"""Keeps staff without a second factor at the page where they set one up."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from shop.directory.access.policies import is_second_factor_required

ENROLMENT = "mfa_index"
ENROLMENT_PAGES = "mfa_"
# What enrolling may lead through: confirm the password, confirm the address, give up.
NEEDED_PAGES = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_email_verification_sent",
        "account_confirm_email",
    }
)
PROBLEM = {
    "type": "about:blank",
    "title": "Second factor needed",
    "status": 403,
    "detail": "Set up a second factor before you work with the store.",
}


class StaffSecondFactorMiddleware:
    """Staff reach the store only with a second factor, unless this is the demo store."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send staff to the enrolment page; nobody else is asked anything."""
        # Without a session cookie nobody is signed in, and anonymous pages stay cacheable.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or _is_open(request):
            return None
        user = request.user
        if not user.is_authenticated or not (user.is_staff or user.is_superuser):
            return None
        if not is_second_factor_required() or is_mfa_enabled(user):
            return None
        return _refusal(request)


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    name = (match.url_name if match else "") or ""
    return name.startswith(ENROLMENT_PAGES) or name in NEEDED_PAGES


def _refusal(request: HttpRequest) -> HttpResponse:
    """Answer in the way the caller understands: a program, a page fragment or a browser."""
    if request.path_info.startswith("/api/"):
        return JsonResponse(PROBLEM, status=403, content_type="application/problem+json")
    target = reverse(ENROLMENT)
    if request.method == "GET":
        target = f"{target}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)
