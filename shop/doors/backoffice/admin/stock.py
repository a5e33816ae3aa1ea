"""Stock: figures are shown, entries are booked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from shop.directory.access import policies as access
from shop.doors.backoffice.acting import actor_of
from shop.doors.backoffice.base import ReadOnlyAdmin, ReadOnlyInline
from shop.doors.backoffice.exchange import ImportAndExport
from shop.doors.backoffice.forms import BookStockForm
from shop.doors.backoffice.resources import StockResource
from shop.doors.backoffice.words import state_column
from shop.doors.backoffice.work_lists import StockWork
from shop.goods.catalog.models import Variant
from shop.goods.inventory import services as inventory
from shop.goods.inventory.exceptions import QuantityNotPositive, StockBelowReserved
from shop.goods.inventory.models import Reservation, StockItem, StockMovement

MAY_BOOK = "inventory.change_stockitem"


class MovementInline(ReadOnlyInline):
    """The ledger of one stock item, newest first."""

    model = StockMovement
    fields = (
        "created_at",
        "kind",
        "quantity",
        "on_hand_after",
        "reason",
        "reference",
        "actor_label",
    )
    ordering = ("-created_at", "-pk")
    per_page = 20


class ReservationInline(ReadOnlyInline):
    """What is promised to whom."""

    model = Reservation
    fields = ("state", "quantity", "consumed_quantity", "holder", "expires_at", "created_at")
    ordering = ("-created_at", "-pk")
    per_page = 20


@admin.register(StockItem)
class StockItemAdmin(ImportAndExport, ReadOnlyAdmin):
    """What lies where. Nobody types a figure: every change is an entry of the ledger."""

    resource_classes = [StockResource]
    list_display = ("sku", "product", "location", "on_hand", "reserved", "safety", "sellable_units")
    list_filter = (StockWork, "location")
    list_select_related = ("variant__product", "location")
    search_fields = ("variant__sku__startswith", "variant__product__name__istartswith")
    search_help_text = "Beginning of SKU or product name"
    ordering = ("variant__sku", "location__priority")
    inlines = (MovementInline, ReservationInline)
    actions_list = ("book",)
    actions_detail = ("book_here",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockItem]:
        """Sellers see the stock of their own goods."""
        rows: QuerySet[StockItem] = super().get_queryset(request)
        if access.is_seller_only(request.user):
            return rows.filter(variant__product__owner_id=request.user.pk)
        return rows

    def has_import_permission(self, request: HttpRequest) -> bool:
        """A file of counts books entries, so it needs the right to book."""
        return bool(request.user.has_perm(MAY_BOOK))

    @display(description="SKU", ordering="variant__sku")
    def sku(self, row: StockItem) -> str:
        """The variant's SKU."""
        return row.variant.sku

    @display(description="Product")
    def product(self, row: StockItem) -> str:
        """Product and version."""
        title = f" · {row.variant.title}" if row.variant.title else ""
        return f"{row.variant.product.name}{title}"

    @display(description="Sellable")
    def sellable_units(self, row: StockItem) -> int:
        """What may still be promised."""
        return row.sellable

    def has_book_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Who may book entries of the ledger."""
        return bool(request.user.has_perm(MAY_BOOK))

    @action(description=_("Book stock"), url_path="book", icon="edit_note", permissions=["book"])
    def book(self, request: HttpRequest) -> HttpResponse:
        """From the list: choose a SKU first."""
        return redirect("admin:inventory_book")

    @action(
        description=_("Book stock"), url_path="book-here", icon="edit_note", permissions=["book"]
    )
    def book_here(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """From a stock item: its SKU and place are filled in."""
        row = self.get_queryset(request).select_related("variant").filter(pk=object_id).first()
        if row is None:
            raise Http404
        address = reverse("admin:inventory_book")
        start = urlencode({"sku": row.variant.sku, "location": row.location_id})
        return redirect(f"{address}?{start}")

    def get_urls(self) -> list[URLPattern]:
        """The booking page stands beside the list."""
        own = [
            path("book-entry/", self.admin_site.admin_view(self.book_view), name="inventory_book")
        ]
        return [*own, *super().get_urls()]

    def book_view(self, request: HttpRequest) -> HttpResponse:
        """Book one entry: goods received, a correction, a count, or safety stock."""
        if not request.user.has_perm(MAY_BOOK):
            raise PermissionDenied
        sku = (request.POST.get("sku") or request.GET.get("sku", "")).strip()[:80]
        variant = Variant.objects.select_related("product").filter(sku=sku).first() if sku else None
        start = {"location": request.GET.get("location")}
        form = BookStockForm(request.POST if request.method == "POST" else None, initial=start)
        if request.method == "POST" and variant and form.is_valid():
            try:
                item = _book(request, variant, form.cleaned_data)
            except (StockBelowReserved, QuantityNotPositive) as problem:
                form.add_error("quantity", str(problem))
            else:
                words = _("Booked: %(sku)s has %(units)d on hand at %(place)s.") % {
                    "sku": sku,
                    "units": item.on_hand,
                    "place": form.cleaned_data["location"].name,
                }
                messages.success(request, str(words))
                return redirect("admin:inventory_stockitem_change", item.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Book stock"),
            "form": form,
            "sku": sku,
            "variant": variant,
            "is_unknown": bool(sku) and variant is None,
            "opts": self.model._meta,
        }
        status = 422 if request.method == "POST" else 200
        return render(request, "admin/inventory/book.html", context, status=status)


def _book(request: HttpRequest, variant: Variant, entry: dict[str, Any]) -> StockItem:
    common = {
        "variant_id": variant.pk,
        "location_id": entry["location"].pk,
        "actor": actor_of(request),
        "now": timezone.now(),
    }
    what, quantity, reason = entry["what"], entry["quantity"], entry["reason"]
    if what == BookStockForm.RECEIVE:
        return inventory.receive(quantity=quantity, reason=reason, **common)
    if what == BookStockForm.COUNT:
        return inventory.set_on_hand(on_hand=quantity, reason=reason, **common)
    if what == BookStockForm.SAFETY:
        return inventory.set_safety(safety=quantity, **common)
    return inventory.adjust(delta=quantity, reason=reason, **common)


@admin.register(StockMovement)
class StockMovementAdmin(ReadOnlyAdmin):
    """The ledger of all stock."""

    list_display = (
        "created_at",
        "sku",
        "place",
        "kind",
        "quantity",
        "on_hand_after",
        "reason",
        "actor_label",
    )
    list_filter = ("kind", "stock_item__location")
    list_select_related = ("stock_item__variant", "stock_item__location")
    search_fields = ("reference", "stock_item__variant__sku__startswith")
    ordering = ("-created_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockMovement]:
        """Sellers see the ledger of their own goods."""
        rows: QuerySet[StockMovement] = super().get_queryset(request)
        if access.is_seller_only(request.user):
            return rows.filter(stock_item__variant__product__owner_id=request.user.pk)
        return rows

    @display(description="SKU")
    def sku(self, row: StockMovement) -> str:
        """The variant's SKU."""
        return row.stock_item.variant.sku

    @display(description="Location")
    def place(self, row: StockMovement) -> str:
        """Where."""
        return row.stock_item.location.name


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    """What is held back from sale, for whom and until when."""

    state_badge = state_column("state", "State")
    list_display = ("created_at", "stock_item", "quantity", "state_badge", "holder", "expires_at")
    list_filter = ("state",)
    list_select_related = ("stock_item",)
    search_fields = ("holder",)
    ordering = ("-created_at", "-pk")
