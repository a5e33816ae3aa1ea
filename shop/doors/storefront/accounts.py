"""Turning a guest order into an account, through allauth's own sign-up."""

from __future__ import annotations

from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.signup import complete_signup, prevent_enumeration
from allauth.account.utils import setup_user_email
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from shop.directory.customers import selectors as customers
from shop.directory.customers import services as customer_services
from shop.directory.customers.models import User
from shop.doors.storefront.visitors import actor_of
from shop.sales.orders import services as orders
from shop.sales.orders.models import Order


def register_buyer(request: HttpRequest, order: Order, form: forms.Form) -> HttpResponse | None:
    """Create the account of the order's e-mail and link this order; None when the form is wrong.

    An address that has an account already gets the same answer, and a mail saying so: the page
    must not tell a stranger who is a customer.
    """
    adapter = get_adapter(request)
    password = form.cleaned_data["password"]
    candidate = User(email=customers.normalize_email(order.email), full_name=order.full_name)
    try:
        adapter.clean_password(password, user=candidate)
    except ValidationError as problem:
        form.add_error("password", problem)
        return None
    if User.objects.filter(email=candidate.email).exists():
        adapter.send_account_already_exists_mail(candidate.email)
        return cast("HttpResponse", prevent_enumeration(request, email=candidate.email))
    with transaction.atomic():
        user = _save(request, candidate, order, password)
    return cast("HttpResponse", complete_signup(request, user=user))


def _save(request: HttpRequest, user: User, order: Order, password: str) -> User:
    now = timezone.now()
    user.phone = order.phone
    user.set_password(password)
    user.save()
    customer = customer_services.register_customer(
        user=user,
        full_name=order.full_name,
        phone=order.phone,
        marketing_consent=False,
        signup_source="website",
        actor=actor_of(request),
        now=now,
    )
    orders.move_to_customer(
        order_id=order.pk, customer_id=customer.pk, actor=actor_of(request), now=now
    )
    setup_user_email(request, user, [])
    return user
