"""Products and stock."""

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from shop.directory.organization import selectors as organization
from shop.doors.api import bodies
from shop.doors.api.frame import ANYBODY_WITH_A_KEY, ApiView, Pages
from shop.goods.catalog import selectors as catalog
from shop.goods.catalog.models import Product
from shop.goods.inventory import selectors as inventory
from shop.pricing.price_lists import selectors as price_lists

MOST_SKUS = 200


def _described(rows: list[Product]) -> list[bodies.Body]:
    variant_ids = [variant.pk for row in rows for variant in row.variants.all()]
    prices = price_lists.prices_for(
        variant_ids=variant_ids, currency=organization.store().currency, now=timezone.now()
    )
    return bodies.products(rows, prices, inventory.available(variant_ids))


class Products(ApiView):
    """The products that customers may see."""

    scopes = {"GET": ANYBODY_WITH_A_KEY}

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="products_list")
    def get(self, request: Request) -> Response:
        """List products with variants, prices and stock."""
        rows = catalog.published_products().select_related("primary_category")
        pages = Pages()
        page = pages.paginate_queryset(rows.prefetch_related("variants"), request, view=self)
        return pages.get_paginated_response(_described(list(page or ())))


class OneProduct(ApiView):
    """One product."""

    scopes = {"GET": ANYBODY_WITH_A_KEY}

    @extend_schema(responses=OpenApiTypes.OBJECT, operation_id="products_get")
    def get(self, request: Request, key: str) -> Response:
        """Answer one product by key."""
        rows = catalog.published_products().filter(key=key)
        found = list(rows.select_related("primary_category").prefetch_related("variants"))
        if not found:
            raise Http404
        return Response(_described(found)[0])


class Stock(ApiView):
    """How much can be sold."""

    scopes = {"GET": ANYBODY_WITH_A_KEY}

    @extend_schema(
        responses=OpenApiTypes.OBJECT,
        parameters=[OpenApiParameter("sku", str, many=True, description="One or more SKUs.")],
    )
    def get(self, request: Request) -> Response:
        """Answer the units of some SKUs that can be sold now."""
        skus = request.query_params.getlist("sku")[:MOST_SKUS]
        ids = catalog.variant_ids_by_sku([sku for sku in skus if "\0" not in sku])
        units = inventory.available(ids.values())
        return Response(
            {"results": [{"sku": sku, "available": units[pk]} for sku, pk in sorted(ids.items())]}
        )
