"""The store's own data: profile, places, calendar, ways to send, tax."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from shop.directory.geography.models import CityAlias, Country, PostalCode, Region, State
from shop.directory.organization import services as organization
from shop.directory.organization.models import Holiday, Location, StoreProfile
from shop.doors.backoffice.acting import actor_of
from shop.doors.backoffice.base import BigListAdmin, Keeping, ReadOnlyAdmin, StoreAdmin
from shop.doors.backoffice.words import amount_column
from shop.goods.catalog.models import TaxClass
from shop.goods.routing.models import RoutingRule
from shop.goods.shipping.models import ShippingMethod
from shop.pricing.tax.models import TaxRate
from shop.sales.fulfillment.models import Carrier


@admin.register(StoreProfile)
class StoreProfileAdmin(Keeping, StoreAdmin):
    """Who the store is."""

    list_display = ("legal_name", "city", "state", "gstin", "phone")
    ordering = ("pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one store."""
        return False

    def save_model(self, request: HttpRequest, obj: StoreProfile, form: Any, change: bool) -> None:
        """Save through the service: the change is audited."""
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        organization.save_profile(values=values, actor=actor_of(request), now=timezone.now())


@admin.register(Location)
class LocationAdmin(Keeping, StoreAdmin):
    """Warehouses, shops and offices."""

    list_display = ("code", "name", "kind", "city", "state", "priority", "is_active")
    list_filter = ("kind", "is_active")
    search_fields = ("code", "name", "city")
    ordering = ("priority", "code")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A code is never changed: orders and stock refer to it."""
        return ("code",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Location, form: Any, change: bool) -> None:
        """Save through the service: the change is audited."""
        values = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "code"}
        saved = organization.save_location(
            code=obj.code, values=values, actor=actor_of(request), now=timezone.now()
        )
        obj.pk = saved.pk


@admin.register(Holiday)
class HolidayAdmin(StoreAdmin):
    """Days on which nothing moves."""

    list_display = ("on", "name")
    ordering = ("-on",)


@admin.register(ShippingMethod)
class ShippingMethodAdmin(StoreAdmin):
    """How parcels travel, and what that costs."""

    fee_shown = amount_column("fee", "Fee")
    free_shown = amount_column("free_from", "Free from")
    list_display = ("name", "code", "fee_shown", "free_shown", "min_days", "max_days", "is_active")
    ordering = ("position", "code")


@admin.register(Carrier)
class CarrierAdmin(StoreAdmin):
    """Who carries parcels."""

    list_display = ("name", "code", "tracking_url", "is_active")
    ordering = ("name",)


@admin.register(RoutingRule)
class RoutingRuleAdmin(StoreAdmin):
    """Which place serves an order."""

    list_display = ("name", "kind", "position", "is_active")
    ordering = ("position",)


@admin.register(TaxClass)
class TaxClassAdmin(Keeping, StoreAdmin):
    """Kinds of goods for tax."""

    list_display = ("code", "name")
    ordering = ("code",)
    search_fields = ("code", "name")


@admin.register(TaxRate)
class TaxRateAdmin(Keeping, StoreAdmin):
    """Rates with the days they hold."""

    list_display = ("tax_class", "country", "rate", "valid_from", "valid_to", "name")
    list_filter = ("tax_class", "country")
    list_select_related = ("tax_class",)
    ordering = ("tax_class__code", "-valid_from")


class PlainAdmin(StoreAdmin):
    """A table of names that nothing watches."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep even a plain save inside a transaction."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)


@admin.register(Region)
class RegionAdmin(PlainAdmin):
    """Sales regions."""

    list_display = ("code", "name")
    ordering = ("name",)


@admin.register(State)
class StateAdmin(Keeping, PlainAdmin):
    """States with their GST code and sales region."""

    list_display = ("name", "code", "gst_code", "region")
    list_select_related = ("region",)
    list_filter = ("region",)
    ordering = ("name",)


@admin.register(Country)
class CountryAdmin(ReadOnlyAdmin):
    """Countries."""

    list_display = ("code", "name")
    ordering = ("name",)


@admin.register(PostalCode)
class PostalCodeAdmin(Keeping, BigListAdmin):
    """PIN codes and where they are."""

    list_display = ("code", "city", "district", "state")
    list_select_related = ("state",)
    search_fields = ("code__startswith",)
    ordering = ("code",)


@admin.register(CityAlias)
class CityAliasAdmin(PlainAdmin):
    """Spellings of cities that reports merge."""

    list_display = ("alias", "city")
    search_fields = ("alias", "city")
    ordering = ("alias",)
