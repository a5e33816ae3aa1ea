"""Categories, product types and price lists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from shop.directory.access import policies as access
from shop.doors.backoffice.acting import actor_of
from shop.doors.backoffice.base import (
    FieldInline,
    HistoryOfSeenRows,
    Keeping,
    ReadOnlyAdmin,
    StoreAdmin,
)
from shop.doors.backoffice.words import amount
from shop.goods.catalog import services as catalog
from shop.goods.catalog.data import CategoryData
from shop.goods.catalog.exceptions import CategoryLoop
from shop.goods.catalog.models import (
    Attribute,
    AttributeChoice,
    Category,
    OldAddress,
    ProductType,
)
from shop.pricing.price_lists import services as price_lists
from shop.pricing.price_lists.models import Price, PriceList


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A category; it cannot hang below itself."""

    def clean(self) -> dict[str, Any]:
        """Refuse a loop beside the field, before the service does."""
        cleaned = super().clean() or self.cleaned_data
        parent = cleaned.get("parent")
        if parent and self.instance.pk and f"{parent.path}/".startswith(f"{self.instance.path}/"):
            raise ValidationError({"parent": str(CategoryLoop.__doc__)})
        return cleaned


@admin.register(Category)
class CategoryAdmin(StoreAdmin):
    """The category tree, as a list in the order of its paths."""

    form = CategoryForm
    list_display = ("indented", "path", "position", "product_count", "is_published")
    list_filter = ("is_published", "depth")
    search_fields = ("name", "path")
    ordering = ("path",)
    autocomplete_fields = ("parent",)
    fields = (
        "name",
        "slug",
        "parent",
        "position",
        "description",
        "is_published",
        "meta_title",
        "meta_description",
    )

    @display(description=_("Category"), ordering="path")
    def indented(self, row: Category) -> str:
        """The name, further in the deeper it lies."""
        return "\u2003" * (row.depth - 1) + row.name

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A slug may be left to the name."""
        form = super().get_form(request, obj, **kwargs)
        if "slug" in form.base_fields:
            form.base_fields["slug"].required = False
        return form

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """Save through the service: paths below move along and old links stay alive."""
        data = CategoryData(
            name=obj.name,
            slug=obj.slug,
            parent_id=obj.parent_id,
            position=obj.position,
            description=obj.description,
            is_published=obj.is_published,
            meta_title=obj.meta_title,
            meta_description=obj.meta_description,
        )
        saved = catalog.save_category(
            data=data,
            category_id=obj.pk if change else None,
            actor=actor_of(request),
            now=timezone.now(),
        )
        obj.pk = saved.pk


class ChoiceInline(FieldInline):
    """Values that may be chosen."""

    model = AttributeChoice
    fields = ("value", "position")


class AttributeInline(FieldInline):
    """What can be said about products of a type."""

    model = Attribute
    fields = ("name", "code", "kind", "unit", "is_filterable", "position")
    show_change_link = True


@admin.register(ProductType)
class ProductTypeAdmin(Keeping, StoreAdmin):
    """Kinds of products and their attributes."""

    list_display = ("name", "code")
    search_fields = ("name", "code")
    ordering = ("name",)
    inlines = (AttributeInline,)


@admin.register(Attribute)
class AttributeAdmin(StoreAdmin):
    """One attribute with the values that may be chosen."""

    list_display = ("name", "product_type", "kind", "unit", "is_filterable")
    list_filter = ("product_type", "kind", "is_filterable")
    list_select_related = ("product_type",)
    search_fields = ("name", "code")
    ordering = ("product_type__name", "position")
    inlines = (ChoiceInline,)


@admin.register(OldAddress)
class OldAddressAdmin(ReadOnlyAdmin):
    """Old links that still lead somewhere."""

    list_display = ("slug", "kind", "target_key", "created_at")
    search_fields = ("slug",)
    ordering = ("-created_at",)


@admin.register(PriceList)
class PriceListAdmin(Keeping, StoreAdmin):
    """Price lists."""

    list_display = ("name", "code", "currency", "is_tax_inclusive", "is_default", "is_active")
    ordering = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Code and currency of a list in use stay."""
        return ("code", "currency") if obj else ()

    def save_model(self, request: HttpRequest, obj: PriceList, form: Any, change: bool) -> None:
        """Save through the service: there is one default list in each currency."""
        saved = price_lists.save_price_list(
            code=obj.code,
            name=obj.name,
            currency=obj.currency,
            is_tax_inclusive=obj.is_tax_inclusive,
            is_default=obj.is_default,
            is_active=obj.is_active,
            actor=actor_of(request),
            now=timezone.now(),
        )
        obj.pk = saved.pk


@admin.register(Price)
class PriceAdmin(HistoryOfSeenRows, ReadOnlyAdmin):
    """Every price with its history; prices are set on the product's page."""

    list_display = ("variant", "price_list", "amount_shown", "is_active", "updated_at")
    list_filter = ("price_list", "is_active")
    list_select_related = ("variant", "price_list")
    search_fields = ("variant__sku__startswith",)
    ordering = ("variant__sku",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Price]:
        """Sellers see the prices of their own products."""
        rows: QuerySet[Price] = super().get_queryset(request)
        if access.is_seller_only(request.user):
            return rows.filter(variant__product__owner_id=request.user.pk)
        return rows

    @display(description=_("Price"), ordering="amount")
    def amount_shown(self, row: Price) -> str:
        """The price in the list's currency."""
        return amount(row.amount, row.price_list.currency)
