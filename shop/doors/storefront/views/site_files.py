"""What robots read: the list of pages and the rules."""

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from shop.doors.storefront import public_pages

MOST_ADDRESSES = 50_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
PRIVATE = ("/account/", "/admin/", "/api/", "/cart/", "/checkout/", "/console/", "/orders/",
           "/reports/", "/search/")  # fmt: skip


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keep robots out of private pages and show them the list of public ones."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    lines.append(f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every published page once; above 50,000 addresses an index of parts."""
    parts = -(-public_pages.count() // MOST_ADDRESSES)
    wanted = request.GET.get("part", "")
    if parts > 1 and not wanted:
        return _xml(_index(request, parts))
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 6 else 1
    if not 1 <= number <= parts:
        raise Http404
    return _xml(_part(request, number))


def _index(request: HttpRequest, parts: int) -> Iterator[str]:
    yield f'{HEAD}<sitemapindex xmlns="{NAMESPACE}">\n'
    base = request.build_absolute_uri("/sitemap.xml")
    for number in range(1, parts + 1):
        yield f"<sitemap><loc>{escape(base)}?part={number}</loc></sitemap>\n"
    yield "</sitemapindex>\n"


def _part(request: HttpRequest, number: int) -> Iterator[str]:
    yield f'{HEAD}<urlset xmlns="{NAMESPACE}">\n'
    home = request.build_absolute_uri("/").rstrip("/")
    start = (number - 1) * MOST_ADDRESSES
    for path, changed in public_pages.between(start, start + MOST_ADDRESSES):
        date = f"<lastmod>{changed}</lastmod>" if changed else ""
        yield f"<url><loc>{escape(home + path)}</loc>{date}</url>\n"
    yield "</urlset>\n"


def _xml(lines: Iterator[str]) -> HttpResponse:
    return HttpResponse("".join(lines), content_type="application/xml; charset=utf-8")
