"""Customers, leads, users, roles, keys and sign-ins."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm

from shop.directory.access import services as access
from shop.directory.access.models import ApiKey, SignInEvent
from shop.directory.customers import services as customer_services
from shop.directory.customers.models import Address, Consent, Customer, Lead, User
from shop.doors.backoffice.acting import actor_of
from shop.doors.backoffice.base import (
    BigListAdmin,
    Keeping,
    ReadOnlyAdmin,
    ReadOnlyInline,
    StoreAdmin,
)
from shop.doors.backoffice.exchange import ExportOnly, ImportAndExport
from shop.doors.backoffice.forms import ApiKeyForm, NewUserForm
from shop.doors.backoffice.panel_blocks import shown_panels
from shop.doors.backoffice.resources import CustomerResource
from shop.doors.backoffice.words import amount_column, state_column
from shop.sales.orders.models import Order


class AddressInline(ReadOnlyInline):
    """The address book."""

    model = Address
    fields = ("full_name", "line1", "city", "state", "postal_code", "is_default_shipping")


class ConsentInline(ReadOnlyInline):
    """What was agreed to, and when."""

    model = Consent
    fields = ("kind", "granted_at", "withdrawn_at", "source", "text_version")


class CustomerOrderInline(ReadOnlyInline):
    """The orders of a customer, newest first."""

    model = Order
    fk_name = "customer"
    fields = ("number", "placed_at", "status", "payment_status", "grand_total", "currency")
    ordering = ("-placed_at",)
    per_page = 10
    show_change_link = True


class PersonAdmin(Keeping, BigListAdmin):
    """Customers and leads: what they say of themselves is editable, figures are not."""

    lifetime = amount_column("lifetime_value", "Lifetime value")
    search_fields = ("email__startswith", "phone__startswith", "full_name__istartswith")
    search_help_text = _("Beginning of e-mail, phone or name")
    list_filter = ("signup_source", "source", "country")
    list_select_related = ("owner",)
    ordering = ("-created_at", "-pk")
    fields = (
        "full_name", "email", "phone", "company_name", "owner", "source", "source_number",
        "signup_source", "first_order_at", "last_order_at", "order_count", "lifetime",
        "marketing_consent_at", "created_at", "key",
    )  # fmt: skip
    editable = ("full_name", "phone", "company_name", "owner")
    autocomplete_fields = ("owner",)
    change_form_after_template = "admin/panels.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Everything but what staff may correct."""
        return tuple(name for name in self.fields if name not in self.editable)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Customers come by signing up, buying or importing."""
        return False

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        """Save through the service, so that the trail and the copy in the CRM follow."""
        customer_services.update_profile(
            customer_id=obj.pk,
            full_name=obj.full_name,
            phone=obj.phone,
            company_name=obj.company_name,
            actor=actor_of(request),
            now=timezone.now(),
        )
        if "owner" in form.changed_data:
            with transaction.atomic():
                obj.save(update_fields=["owner", "updated_at"])

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add what other packages know of this customer."""
        obj = kwargs.get("obj")
        if obj is not None:
            context["panels"] = shown_panels(request, "admin.customer", obj)
        return cast("HttpResponse", super().render_change_form(request, context, *args, **kwargs))


@admin.register(Customer)
class CustomerAdmin(ImportAndExport, PersonAdmin):
    """Everyone who buys or may buy."""

    resource_classes = [CustomerResource]
    list_display = ("full_name", "email", "phone", "kind", "order_count", "lifetime", "owner")
    inlines = (CustomerOrderInline, AddressInline, ConsentInline)

    def has_import_permission(self, request: HttpRequest) -> bool:
        """A file may add customers, though nobody types them in one by one."""
        needed = ("customers.add_customer", "customers.change_customer")
        return bool(request.user.has_perms(needed))

    @display(description=_("Kind"), label={"Guest": "info", "Registered": "success"})
    def kind(self, row: Customer) -> str:
        """Guest or registered."""
        return "Guest" if row.user_id is None else "Registered"


@admin.register(Lead)
class LeadAdmin(ExportOnly, PersonAdmin):
    """Customers who have not bought yet."""

    resource_classes = [CustomerResource]
    list_display = ("full_name", "email", "phone", "signup_source", "created_at", "owner")
    inlines = (AddressInline, ConsentInline)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Roles and what they may do."""


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]
    """Who may sign in, and with which roles."""

    form = UserChangeForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("email", "full_name", "roles", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email", "full_name")
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "password", "full_name", "phone")}),
        (_("What they may do"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "full_name", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ("groups",)
    actions = ("let_in_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Roles come along in one query."""
        return super().get_queryset(request).prefetch_related("groups")

    @display(description=_("Roles"))
    def roles(self, row: User) -> str:
        """The ready roles of a user."""
        return ", ".join(sorted(group.name for group in row.groups.all())) or "–"

    @action(description=_("Unlock sign-in"), permissions=["change"])
    def let_in_again(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """End the lock after too many wrong passwords."""
        for user in chosen:
            access.unlock(
                user=user, host=request.get_host(), actor=actor_of(request), now=timezone.now()
            )
        messages.success(request, _("They can sign in again."))


@admin.register(SignInEvent)
class SignInEventAdmin(ReadOnlyAdmin):
    """Sign-ins and refusals."""

    outcome_badge = state_column("outcome", "Outcome")
    list_display = ("at", "user", "outcome_badge", "ip")
    list_filter = ("outcome",)
    list_select_related = ("user",)
    search_fields = ("user__email", "ip")
    ordering = ("-at", "-pk")


@admin.register(ApiKey)
class ApiKeyAdmin(Keeping, StoreAdmin):
    """Keys of programs. A new one is shown once; it can be stopped, not read."""

    list_display = (
        "name",
        "prefix",
        "scopes",
        "created_at",
        "expires_at",
        "last_used_at",
        "is_active",
    )
    ordering = ("name",)
    form = ApiKeyForm
    fields = ("name", "scopes", "expires_at")
    actions = ("stop",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A key is issued or stopped, never edited."""
        return False

    def has_stop_permission(self, request: HttpRequest) -> bool:
        """Who may change keys may stop them."""
        return bool(request.user.has_perm("access.change_apikey"))

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Issue the key and show it this once."""
        token = access.issue_api_key(
            name=obj.name,
            scopes=obj.scopes or [],
            actor=actor_of(request),
            now=timezone.now(),
            expires_at=obj.expires_at,
        )
        issued = ApiKey.objects.latest("pk")
        obj.pk = issued.pk
        messages.warning(request, _("Copy this key now, it is not shown again: %s") % token)

    @action(description=_("Stop chosen keys"), permissions=["stop"])
    def stop(self, request: HttpRequest, chosen: QuerySet[ApiKey]) -> None:
        """Revoke keys at once."""
        for key in chosen:
            access.revoke_api_key(key_id=key.pk, actor=actor_of(request), now=timezone.now())
