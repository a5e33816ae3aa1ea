"""Products with variants, pictures, attributes and prices."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Min, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from shop.directory.access import policies as access
from shop.doors.backoffice.acting import actor_of
from shop.doors.backoffice.base import FieldInline, HistoryOfSeenRows, Keeping, StoreAdmin
from shop.doors.backoffice.exchange import ImportAndExport
from shop.doors.backoffice.product_forms import (
    AttributeValueForm,
    PictureForm,
    ProductForm,
    VariantForm,
)
from shop.doors.backoffice.product_saving import (
    save_pictures,
    save_product,
    save_values,
    save_variants,
)
from shop.doors.backoffice.resources import ProductResource
from shop.doors.backoffice.words import amount
from shop.goods.catalog import services as catalog
from shop.goods.catalog.exceptions import NotPublishable
from shop.goods.catalog.models import (
    AttributeValue,
    Product,
    ProductImage,
    Variant,
)
from shop.pricing.price_lists.models import Price


class VariantInline(FieldInline):
    """What can be bought of a product."""

    model = Variant
    form = VariantForm
    fields = (
        "sku",
        "option_values",
        "price",
        "compare_at",
        "barcode",
        "weight_grams",
        "is_active",
        "position",
    )
    can_delete = False
    hide_title = True
    min_num = 1
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Variant]:
        """Prices come along in one query."""
        rows: QuerySet[Variant] = super().get_queryset(request)
        return rows.prefetch_related("prices__price_list").order_by("position", "pk")


class PictureInline(FieldInline):
    """Pictures, in the order they are shown."""

    model = ProductImage
    form = PictureForm
    fields = ("preview", "upload", "alt", "position")
    readonly_fields = ("preview",)
    hide_title = True
    tab = True

    @display(description=_("Picture"))
    def preview(self, row: ProductImage) -> str:
        """The picture, small."""
        if not row.pk:
            return "–"
        return format_html(
            '<img src="{}" alt="{}" width="64" height="64" class="rounded-default">',
            row.file.url, row.alt,
        )  # fmt: skip


class ValueInline(FieldInline):
    """What the product type's attributes are for this product."""

    model = AttributeValue
    form = AttributeValueForm
    fields = ("attribute", "value")
    hide_title = True
    tab = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[AttributeValue]:
        """Attributes and choices come along in one query."""
        rows: QuerySet[AttributeValue] = super().get_queryset(request)
        return rows.select_related("attribute", "choice").order_by("attribute__position")


@admin.register(Product)
class ProductAdmin(HistoryOfSeenRows, ImportAndExport, Keeping, StoreAdmin):
    """One page for everything about a product."""

    form = ProductForm
    resource_classes = [ProductResource]
    list_display = (
        "name",
        "brand",
        "primary_category",
        "sku_count",
        "price_from",
        "stock",
        "is_published",
    )
    list_filter = ("is_published", "is_featured", "product_type", "primary_category")
    list_select_related = ("primary_category",)
    search_fields = ("name", "variants__sku__startswith", "brand__istartswith")
    search_help_text = _("Name, or beginning of SKU or brand")
    ordering = ("name", "pk")
    inlines = (VariantInline, PictureInline, ValueInline)
    actions = ("show", "hide")
    readonly_fields = ("key", "published_at", "created_at")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name", "brand", "product_type", "main_category", "places",
                    "short_description", "description",
                    "is_published", "is_featured", "owner",
                ),
            },
        ),
        (_("Tax"), {"fields": ("tax_class", "hsn_code"), "classes": ("tab",)}),
        (_("Options"), {"fields": ("option_list",), "classes": ("tab",)}),
        (
            _("Search engines"),
            {"fields": ("slug", "meta_title", "meta_description"), "classes": ("tab",)},
        ),
        (_("Facts"), {"fields": ("key", "published_at", "created_at"), "classes": ("tab",)}),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Sellers see their own products; sums come along for the list."""
        rows: QuerySet[Product] = super().get_queryset(request)
        if access.is_seller_only(request.user):
            rows = rows.filter(owner_id=request.user.pk)
        return rows

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Read the figures of the rows on the page, in three queries for any number of rows."""
        page = super().get_changelist_instance(request)
        keys = [row.pk for row in page.result_list]
        variants = Variant.objects.filter(product_id__in=keys).values("product_id")
        counts = {row["product_id"]: row["skus"] for row in variants.annotate(skus=Count("pk"))}
        prices = Price.objects.filter(variant__product_id__in=keys, is_active=True)
        lowest = {
            row["variant__product_id"]: (row["low"], row["price_list__currency"])
            for row in prices.values("variant__product_id", "price_list__currency").annotate(
                low=Min("amount")
            )
        }
        stock = {
            row["product_id"]: row["units"] or 0
            for row in variants.annotate(
                units=Sum("stock_items__on_hand") - Sum("stock_items__reserved")
            )
        }
        for row in page.result_list:
            row.shown_skus = counts.get(row.pk, 0)
            row.shown_price = lowest.get(row.pk)
            row.shown_stock = stock.get(row.pk, 0)
        return page

    @display(description=_("SKUs"))
    def sku_count(self, row: Product) -> int:
        """How many variants."""
        return int(row.shown_skus)  # type: ignore[attr-defined]

    @display(description=_("From"))
    def price_from(self, row: Product) -> str:
        """The lowest price."""
        found = row.shown_price  # type: ignore[attr-defined]
        return amount(*found) if found else "–"

    @display(description=_("In stock"))
    def stock(self, row: Product) -> int:
        """Units not promised to anybody."""
        return int(row.shown_stock)  # type: ignore[attr-defined]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """A file names products of anybody, so sellers type theirs in."""
        return super().has_import_permission(request) and not access.is_seller_only(request.user)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Sellers cannot give their products away."""
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "owner") if access.is_seller_only(request.user) else tuple(fixed)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """Save through the service; publishing waits until the variants are saved."""
        if access.is_seller_only(request.user):
            obj.owner_id = request.user.pk
        saved = save_product(request, obj, form.cleaned_data, is_new=not change)
        obj.pk, obj.key, obj.slug = saved.pk, saved.key, saved.slug

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Variants, pictures and attribute values go through their services too."""
        formset.save(commit=False)
        saver = {Variant: save_variants, ProductImage: save_pictures, AttributeValue: save_values}
        saver[formset.model](request, form.instance, formset)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """When everything is there, show or hide the product as the form says."""
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)
        step = (
            catalog.publish_product
            if form.cleaned_data["is_published"]
            else catalog.unpublish_product
        )
        try:
            step(product_id=form.instance.pk, actor=actor_of(request), now=timezone.now())
        except NotPublishable as problem:
            messages.warning(request, str(problem))

    @action(description=_("Publish"), permissions=["change"])
    def show(self, request: HttpRequest, chosen: QuerySet[Product]) -> None:
        """Show products to customers."""
        for product in chosen:
            try:
                catalog.publish_product(
                    product_id=product.pk, actor=actor_of(request), now=timezone.now()
                )
            except NotPublishable as problem:
                messages.warning(request, str(problem))

    @action(description=_("Hide"), permissions=["change"])
    def hide(self, request: HttpRequest, chosen: QuerySet[Product]) -> None:
        """Hide products from customers."""
        for product in chosen:
            catalog.unpublish_product(
                product_id=product.pk, actor=actor_of(request), now=timezone.now()
            )
