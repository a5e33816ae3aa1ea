"""Orders: one list to find them, one page with everything, buttons for what comes next."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from shop.core.workflow import TransitionRefused
from shop.directory.access import policies as access
from shop.doors.backoffice import order_steps
from shop.doors.backoffice.acting import actor_of
from shop.doors.backoffice.base import ReadOnlyAdmin
from shop.doors.backoffice.exchange import ImportAndExport, OwnRowsExport
from shop.doors.backoffice.order_search import find_orders
from shop.doors.backoffice.panel_blocks import shown_panels
from shop.doors.backoffice.resources import OrderResource
from shop.doors.backoffice.words import amount, amount_column, color, state_column, word
from shop.doors.backoffice.work_lists import OrderWork
from shop.sales.amendments.exceptions import AmendmentProblem
from shop.sales.cart.models import Cart
from shop.sales.checkout.models import Checkout
from shop.sales.fulfillment import selectors as fulfillment
from shop.sales.fulfillment.exceptions import ShipmentProblem
from shop.sales.orders import policies
from shop.sales.orders import selectors as orders
from shop.sales.orders.exceptions import OrderProblem
from shop.sales.orders.models import Order
from shop.sales.payments import selectors as payments
from shop.sales.payments.exceptions import PaymentProblem
from shop.sales.payments.models import Refund

REFUSALS = (AmendmentProblem, ShipmentProblem, OrderProblem, PaymentProblem, TransitionRefused)


class CurrencyFilter(DropdownFilter):
    """One currency, chosen among those that orders have."""

    title = _("Currency")
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each currency by its code."""
        return [(code, code) for code in orders.currencies_in_use()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Only orders of the chosen currency."""
        return queryset.filter(currency=self.value()) if self.value() else queryset


@admin.register(Order)
class OrderAdmin(OwnRowsExport, ImportAndExport, ReadOnlyAdmin):
    """Orders are changed by steps, never by typing into their rows."""

    resource_classes = [OrderResource]
    status_badge = state_column("status", "Status")
    payment_badge = state_column("payment_status", "Payment")
    fulfillment_badge = state_column("fulfillment_status", "Delivery")
    total = amount_column("grand_total", "Total")
    list_display = (
        "number", "placed_at", "full_name", "status_badge", "payment_badge", "fulfillment_badge",
        "channel", "total",
    )  # fmt: skip
    list_filter = (
        OrderWork, "status", "payment_status", "fulfillment_status", "channel", "order_type",
        CurrencyFilter,
        ("placed_at", RangeDateTimeFilter),
    )  # fmt: skip
    search_fields = ("number",)
    search_help_text = _("Number, e-mail, phone, name, SKU, tracking number or CRM id")
    ordering = ("-placed_at", "-pk")
    list_after_template = "admin/orders/sums.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Only orders that this person may see."""
        return policies.orders_visible_to(request.user).order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Ask every registered finder; each uses its own index, none reads the whole table."""
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=find_orders(request.user, search_term)), False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Sellers see what they sold in an order: not the buyer, nor what others sold in it."""
        if not access.is_seller_only(request.user):
            return self.list_display
        hidden = {"full_name": None, "total": "own_total"}
        shown = [hidden.get(name, name) for name in self.list_display]
        return tuple(name for name in shown if name)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Add up a seller's own lines for the rows of the page, in one query."""
        page = super().get_changelist_instance(request)
        if access.is_seller_only(request.user):
            page.search_help_text = _("Number or SKU")
            lines = policies.lines_visible_to(request.user).filter(order__in=page.result_list)
            sums: dict[int, Decimal] = {}
            for order_id, total in lines.values_list("order_id", "total"):
                sums[order_id] = sums.get(order_id, Decimal(0)) + total
            for row in page.result_list:
                row.shown_total = sums.get(row.pk, Decimal(0))
        return page

    @display(description=_("Your lines"))
    def own_total(self, row: Order) -> str:
        """What this seller sold in the order."""
        return str(amount(_shown_total(row), row.currency))

    def has_import_permission(self, request: HttpRequest) -> bool:
        """History is brought by those who may add orders for the whole store."""
        return bool(request.user.has_perm("orders.add_order") and access.is_manager(request.user))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Put the sums of the orders on this page at the foot, one for each currency."""
        response: Any = super().changelist_view(request, extra_context)
        page = getattr(response, "context_data", {}).get("cl")
        if page is not None:
            sums: dict[str, Decimal] = {}
            for row in page.result_list:
                sums[row.currency] = sums.get(row.currency, Decimal(0)) + _shown_total(row)
            response.context_data["sums"] = sorted(sums.items())
        return cast("HttpResponse", response)

    def get_urls(self) -> list[URLPattern]:
        """Steps are sent below the order's page."""
        step = self.admin_site.admin_view(self.step_view)
        own = [
            path(
                "<int:order_id>/change/step/<slug:name>/<int:target>/",
                step,
                name="orders_order_step",
            )
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Everything about one order on one page, in a fixed number of queries."""
        return self._page(request, self._visible(request, object_id))

    def step_view(
        self, request: HttpRequest, order_id: int, name: str, target: int
    ) -> HttpResponse:
        """Take one step, if the person may and the order allows it."""
        order = self._visible(request, str(order_id))
        kind = order_steps.KINDS.get(name)
        if kind is None or request.method != "POST":
            raise Http404
        if not order_steps.may_take(request.user, kind):
            raise PermissionDenied
        if not _belongs(order, kind.name, target):
            raise Http404
        form = kind.form_class(request.POST) if kind.form_class else None
        if form is not None and not form.is_valid():
            return self._page(request, order, wrong=(name, target, form), status=422)
        data = form.cleaned_data if form is not None else {}
        try:
            order_steps.take(kind, order, target, data, actor=actor_of(request), now=timezone.now())
        except REFUSALS as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("Done: %(step)s") % {"step": kind.label})
        return redirect("admin:orders_order_change", order.pk)

    def _visible(self, request: HttpRequest, object_id: str) -> Order:
        if not self.has_view_permission(request):
            raise PermissionDenied
        order: Order | None = self.get_object(request, object_id)
        if order is None:
            raise Http404
        return order

    def _page(
        self, request: HttpRequest, order: Order, *, wrong: Any = None, status: int = 200
    ) -> HttpResponse:
        facts = orders.order_page(order.number)
        is_partial = access.is_seller_only(request.user)
        lines = [line for line in facts.lines if not is_partial or line.owner_id == request.user.pk]
        parcels = [] if is_partial else list(fulfillment.shipments_of(order.pk))
        paid = (
            list(payments.payments_of(order.pk))
            if request.user.has_perm("payments.view_payment")
            else []
        )
        steps = order_steps.steps_of(request.user, facts.order, parcels, paid)
        context = {
            **self.admin_site.each_context(request),
            "title": order.number,
            "opts": self.model._meta,
            "original": order,
            "order": facts.order,
            "is_partial": is_partial,
            "badges": [
                (_("Order"), word(order.status), color(order.status)),
                (_("Payment"), word(order.payment_status), color(order.payment_status)),
                (_("Delivery"), word(order.fulfillment_status), color(order.fulfillment_status)),
            ],
            "lines": lines,
            "billing": None if is_partial else facts.billing,
            "shipping": None if is_partial else facts.shipping,
            "parcels": parcels,
            "payments": paid,
            "may_see_reference": access.may_see_field(request.user, "payments.payment.reference"),
            "timeline": [] if is_partial else facts.timeline,
            "steps": [_with_form(step, wrong) for step in steps],
            "panels": shown_panels(request, "admin.order", facts.order),
        }
        return render(request, "admin/orders/order.html", context, status=status)


def _shown_total(row: Order) -> Decimal:
    """The sum that the person at the desk sees of an order in the list."""
    return cast("Decimal", getattr(row, "shown_total", row.grand_total))


def _with_form(step: order_steps.Step, wrong: Any) -> tuple[order_steps.Step, Any]:
    """A step with the form to show: the one that was filled in wrongly, else a fresh one."""
    if wrong and (step.kind.name, step.target) == wrong[:2]:
        return step, wrong[2]
    return step, step.form


def _belongs(order: Order, name: str, target: int) -> bool:
    """Whether the payment or parcel that a step names is one of this order."""
    if name in {"cash", "refund"}:
        return order.payments.filter(pk=target).exists()
    if name in {"refund-handed-over", "refund-again"}:
        return Refund.objects.filter(payment__order_id=order.pk, pk=target).exists()
    if name in {"pack", "ship", "bring-out", "deliver", "delay"}:
        return order.shipments.filter(pk=target).exists()
    return target == 0


@admin.register(Cart)
class CartAdmin(ReadOnlyAdmin):
    """Carts, for helping customers."""

    state_badge = state_column("state", "State")
    list_display = (
        "key",
        "customer",
        "state_badge",
        "currency",
        "last_activity_at",
        "order_number",
    )
    list_filter = ("state",)
    list_select_related = ("customer",)
    search_fields = ("key", "order_number", "customer__email")
    ordering = ("-last_activity_at", "-pk")


@admin.register(Checkout)
class CheckoutAdmin(ReadOnlyAdmin):
    """Visits to the till."""

    state_badge = state_column("state", "State")
    list_display = ("key", "cart", "state_badge", "expires_at", "order_number", "created_at")
    list_filter = ("state",)
    list_select_related = ("cart",)
    search_fields = ("key", "order_number")
    ordering = ("-created_at", "-pk")
