"""Home, category and product pages."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shop.doors.storefront import (
    category_pictures,
    listing,
    menu,
    product_page,
    running_offers,
    structured_data,
)
from shop.doors.storefront.memory import kept, store_facts
from shop.engagement.search import selectors as search
from shop.engagement.search.data import ProductCard, SearchPage, SearchQuery
from shop.goods.catalog import selectors as catalog
from shop.goods.catalog.models import Category, OldAddress, Product

HERO_PICTURES = 3
FEATURED = 8
POPULAR = 8
RELATED = 4
PREVIEWED = 48


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Published categories, featured products, running offers and what sells."""
    featured = kept("home.featured", _featured)
    popular = popular_cards()
    home_url = request.build_absolute_uri("/")
    return render(
        request,
        "storefront/home.html",
        {
            "featured": featured,
            "popular": popular,
            "hero": [card for card in (*featured, *popular) if card.image_renditions][
                :HERO_PICTURES
            ],
            "categories": kept("home.categories", category_pictures.tiles),
            "offers": running_offers.today(),
            "canonical": home_url,
            "meta": {"description": _("Good things at honest prices, delivered to your door.")},
            "structured": [structured_data.organization(store_facts(), home_url)],
        },
    )


@require_safe
def category(request: HttpRequest, path: str) -> HttpResponse:
    """A category with those below it, filters and a page of products."""
    found, is_preview = catalog.find_category(path), False
    if found is None and request.user.has_perm("catalog.view_category"):
        found, is_preview = catalog.find_hidden_category(path), True
    if found is None:
        return _moved(_category_address(path))
    if path != found.path:
        return redirect(f"/c/{found.path}/", permanent=True)
    query = listing.query_from(request.GET, category_path=found.path)
    page = _preview(found) if is_preview else search.browse(query)
    fragment = listing_answer(request, query, page)
    if fragment is not None:
        return fragment
    trail = menu.crumbs_to(found.path) or [(found.name, "")]
    crumbs = [*trail[:-1], (found.name, "")]
    home_url = request.build_absolute_uri("/")
    here = request.build_absolute_uri(request.path)
    return render(
        request,
        "storefront/category.html",
        {
            "category": found,
            "preview_note": _("Only staff see this category: it is not published.")
            if is_preview
            else "",
            "children": menu.children_of(found.path),
            "page": page,
            "listing": listing.listing_of(request.GET, query, page),
            "crumbs": crumbs,
            "current_top": found.path.split("/")[0],
            "canonical": here,
            "meta": {
                "title": found.meta_title or f"{found.name} · {store_facts().name}",
                "description": found.meta_description or found.description[:160],
            },
            "structured": [structured_data.breadcrumb(crumbs, here, home_url)],
        },
    )


def _preview(found: Category) -> SearchPage:
    """What would lie in a category that is not published: the index does not know it yet."""
    return search.page_of(catalog.product_ids_below(found.path, PREVIEWED))


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product with its pictures, variants, price, stock and delivery promise."""
    found = catalog.find_product_by_slug(slug)
    if found is None:
        return _moved(_product_address(slug))
    if not found.is_published and not request.user.has_perm("catalog.view_product"):
        raise Http404
    view = product_page.load(
        product=found,
        wanted_sku=request.GET.get("v", ""),
        is_preview=not found.is_published,
        now=timezone.now(),
    )
    path = found.primary_category.path if found.primary_category else ""
    crumbs = [*menu.crumbs_to(path), (found.name, "")]
    home_url = request.build_absolute_uri("/")
    here = request.build_absolute_uri(request.path)
    return render(
        request,
        "storefront/product.html",
        {
            "view": view,
            "crumbs": crumbs,
            "current_top": path.split("/")[0],
            "related": _related(found.pk, path),
            "canonical": here,
            "preview_note": _("Only staff see this product: it is not published."),
            "meta": {
                "title": found.meta_title or f"{found.name} · {store_facts().name}",
                "description": found.meta_description or view.summary,
            },
            "structured": [
                structured_data.product(view, here, home_url),
                structured_data.breadcrumb(crumbs, here, home_url),
            ],
        },
    )


def listing_answer(
    request: HttpRequest, query: SearchQuery, page: SearchPage
) -> HttpResponse | None:
    """The part of a list that a script asked for, or nothing for a whole page."""
    target = request.headers.get("HX-Target", "")
    names = {"more": "storefront/cards.html", "listing": "storefront/listing.html"}
    if request.headers.get("HX-Request") != "true" or target not in names:
        return None
    context = {"page": page, "listing": listing.listing_of(request.GET, query, page)}
    response = render(request, names[target], context)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def popular_cards() -> tuple[ProductCard, ...]:
    """What sells most now, the same for every visitor."""
    return kept("home.popular", lambda: search.popular(POPULAR))


def _featured() -> tuple[ProductCard, ...]:
    return tuple(card for card in search.featured(FEATURED) if card.is_featured)


def _related(product_id: int, path: str) -> list[ProductCard]:
    cards = kept(f"related.{path}", lambda: search.popular(RELATED + 1, category_path=path))
    return [card for card in cards if card.product_id != product_id][:RELATED]


def _moved(address: str) -> HttpResponse:
    if not address:
        raise Http404
    return redirect(address, permanent=True)


def _category_address(old_path: str) -> str:
    target = catalog.old_address_target(OldAddress.Kind.CATEGORY, old_path)
    return f"/c/{target.path}/" if isinstance(target, Category) and target.is_published else ""


def _product_address(old_slug: str) -> str:
    target = catalog.old_address_target(OldAddress.Kind.PRODUCT, old_slug)
    return f"/p/{target.slug}/" if isinstance(target, Product) and target.is_published else ""
