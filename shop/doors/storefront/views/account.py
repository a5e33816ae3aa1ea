"""The account: overview, profile, address book."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.account.views import ConfirmEmailView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shop.directory.customers import selectors as customers
from shop.directory.customers import services as customer_services
from shop.directory.customers.models import Address, Customer, User
from shop.doors.storefront.forms import posted
from shop.doors.storefront.forms.account import ProfileForm
from shop.doors.storefront.forms.addresses import AddressForm
from shop.doors.storefront.visitors import actor_of, customer_of
from shop.sales.orders import selectors as orders

RECENT_ORDERS = 3


def _customer(request: HttpRequest) -> Customer:
    """The signed-in visitor's customer; staff who never registered as one get a row now."""
    customer = customer_of(request)
    if customer is not None:
        return customer
    user = cast("User", request.user)
    return customer_services.register_customer(
        user=user,
        full_name=user.full_name,
        phone=user.phone,
        marketing_consent=False,
        signup_source="website",
        actor=actor_of(request),
        now=timezone.now(),
    )


@never_cache
@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Where things stand: last orders, default address, links to the rest."""
    customer = _customer(request)
    recent = orders.orders_of(customer.pk)[:RECENT_ORDERS]
    first = customers.address_book(customer.pk).first()
    address = customers.postal_address(first) if first else None
    context = {
        "customer": customer,
        "orders": list(recent),
        "address": address,
        "guest": _claimable(request, customer),
    }
    return render(request, "storefront/account/overview.html", context)


@never_cache
@login_required
@require_POST
def claim_guest_orders(request: HttpRequest) -> HttpResponse:
    """Add what was ordered as a guest with the same, confirmed address."""
    customer = _customer(request)
    guest = _claimable(request, customer)
    if guest is None:
        messages.info(request, _("There are no guest orders to add."))
        return redirect("storefront:account")
    count = guest.order_count
    customer_services.claim_guest(
        customer_id=customer.pk, actor=actor_of(request), now=timezone.now()
    )
    text = ngettext(
        "One guest order is in your account now.",
        "%(count)d guest orders are in your account now.",
        count,
    )
    messages.success(request, text % {"count": count})
    return redirect("storefront:account-orders")


def _claimable(request: HttpRequest, customer: Customer) -> Customer | None:
    """The guest with the customer's address; nobody is told of one before it is confirmed."""
    owned = EmailAddress.objects.filter(
        user_id=customer.user_id, email__iexact=customer.email, verified=True
    )
    guest = customers.claimable_guest(customer.email)
    return guest if guest is not None and owned.exists() else None


class ConfirmAddress(ConfirmEmailView):
    """Confirm an address, and say what a guest has ordered with it before."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whoever came by the link of the mail has proved that the address is theirs."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        confirmation = context.get("confirmation")
        if confirmation:
            context["guest"] = customers.claimable_guest(confirmation.email_address.email)
        return context


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Change name, phone and communication choices."""
    customer = _customer(request)
    known = {
        "full_name": customer.full_name,
        "phone": customer.phone,
        "marketing_consent": customer.marketing_consent_at is not None,
    }
    form = ProfileForm(posted(request), initial=known)
    if request.method == "POST" and form.is_valid():
        customer_services.save_profile(
            customer_id=customer.pk,
            full_name=form.cleaned_data["full_name"],
            phone=form.cleaned_data["phone"],
            is_marketing_granted=form.cleaned_data["marketing_consent"],
            source="profile",
            actor=actor_of(request),
            now=timezone.now(),
        )
        messages.success(request, _("Your profile is saved."))
        return redirect("storefront:account-profile")
    status = 422 if form.is_bound else 200
    context = {"form": form, "customer": customer}
    return render(request, "storefront/account/profile.html", context, status=status)


@never_cache
@login_required
@require_GET
def addresses(request: HttpRequest) -> HttpResponse:
    """The address book."""
    rows = customers.address_book(_customer(request).pk)
    book = [(row, customers.postal_address(row)) for row in rows]
    return render(request, "storefront/account/addresses.html", {"addresses": book})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def edit_address(request: HttpRequest, address_key: str = "") -> HttpResponse:
    """Add an address, or change one of the customer's own."""
    customer = _customer(request)
    known = None
    if address_key:
        known = customers.address_book(customer.pk).filter(key=address_key).first()
        if known is None:
            raise Http404
    initial = (
        customers.postal_address(known).to_dict() if known else {"full_name": customer.full_name}
    )
    form = AddressForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        customer_services.save_address(
            customer_id=customer.pk,
            address=form.address(),
            is_default_shipping=bool(request.POST.get("is_default_shipping")),
            is_default_billing=bool(request.POST.get("is_default_billing")),
            address_key=address_key or None,
            actor=actor_of(request),
            now=timezone.now(),
        )
        messages.success(request, _("The address is saved."))
        return redirect("storefront:account-addresses")
    status = 422 if form.is_bound else 200
    context = {"form": form, "address": known}
    return render(request, "storefront/account/address.html", context, status=status)


@never_cache
@login_required
@require_POST
def remove_address(request: HttpRequest, address_key: str) -> HttpResponse:
    """Take one of the customer's own addresses out of the book."""
    try:
        customer_services.delete_address(
            customer_id=_customer(request).pk,
            address_key=address_key,
            actor=actor_of(request),
            now=timezone.now(),
        )
    except Address.DoesNotExist as missing:
        raise Http404 from missing
    messages.success(request, _("The address is removed."))
    return redirect("storefront:account-addresses")
