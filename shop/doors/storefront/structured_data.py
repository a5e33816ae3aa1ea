"""What search engines read beside the page: the same facts, in schema.org words."""

from collections.abc import Sequence
from typing import Any

from shop.directory.organization.selectors import StoreFacts
from shop.doors.storefront.product_page import ProductPage

Crumb = tuple[str, str]


def organization(store: StoreFacts, home: str) -> dict[str, Any]:
    """The store as a company with an address."""
    return {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": store.name,
        "legalName": store.legal_name,
        "url": home,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": store.line1,
            "addressLocality": store.city,
            "addressRegion": store.state,
            "postalCode": store.postal_code,
            "addressCountry": store.country,
        },
    }


def breadcrumb(crumbs: Sequence[Crumb], here: str, home: str) -> dict[str, Any]:
    """The way from the home page to this one."""
    places = [("Home", "/"), *crumbs]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": home.rstrip("/") + url if url else here,
            }
            for position, (name, url) in enumerate(places, start=1)
        ],
    }


def product(view: ProductPage, here: str, home: str) -> dict[str, Any]:
    """A product with the offer that its page shows."""
    facts: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": view.name,
        "sku": view.chosen.sku,
        "description": view.summary,
        "url": here,
    }
    if view.brand:
        facts["brand"] = {"@type": "Brand", "name": view.brand}
    if view.images:
        facts["image"] = [home.rstrip("/") + image.file.url for image in view.images]
    if view.chosen.barcode:
        facts["gtin"] = view.chosen.barcode
    if view.chosen.price:
        state = "InStock" if view.chosen.available > 0 else "OutOfStock"
        facts["offers"] = {
            "@type": "Offer",
            "price": f"{view.chosen.price.amount:.2f}",
            "priceCurrency": view.chosen.price.currency,
            "availability": f"https://schema.org/{state}",
            "url": here,
        }
    if view.rating_count:
        facts["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(view.rating_average),
            "reviewCount": view.rating_count,
        }
    return facts
