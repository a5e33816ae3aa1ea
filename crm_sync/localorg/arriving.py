"""Addresses of the platform's own pages that clients open in a browser, led to the pages here."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from crm_sync.localorg.runtime import current


def front_door(request: HttpRequest) -> HttpResponse:
    """Lead a browser that comes with a one-time address to where it wants to start."""
    target = "/" + request.GET.get("startURL", "").lstrip("/")
    is_here = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return HttpResponseRedirect(target if is_here else "/")


def lightning(request: HttpRequest, place: str) -> HttpResponse:
    """Lead to the list or the record that an address of Lightning names, or to the start."""
    kind, *names = place.strip("/").split("/")
    if kind == "o" and names and current().schema.find(names[0]) is not None:
        return HttpResponseRedirect(reverse("list", args=[names[0]]))
    if kind == "r" and len(names) > 1 and names[-1] == "view":
        return HttpResponseRedirect(reverse("record", args=[names[-2]]))
    return HttpResponseRedirect(reverse("objects"))
