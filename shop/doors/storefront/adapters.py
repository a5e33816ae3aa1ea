"""How allauth saves people here: in one transaction with the customer, mails through the outbox."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from shop.core.keys import new_key
from shop.directory.customers import selectors as customers
from shop.directory.customers import services as customer_services
from shop.directory.customers.models import User
from shop.doors.storefront import carts
from shop.doors.storefront.memory import store_facts
from shop.doors.storefront.visitors import actor_of
from shop.engagement.notifications import services as notifications
from shop.sales.cart import services as cart_services

KEEP_APART = "keep_guest_orders_apart"


class AccountAdapter(DefaultAccountAdapter):
    """Binds allauth's flows to our services."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save user and customer together, so that no change exists without its change mark."""
        data = form.cleaned_data
        with transaction.atomic():
            user.full_name = data.get("full_name", "")
            user.phone = data.get("phone", "")
            super().save_user(request, user, form, commit=commit)
            if commit:
                customer_services.register_customer(
                    user=user,
                    full_name=user.full_name,
                    phone=user.phone,
                    marketing_consent=bool(data.get("marketing_consent")),
                    signup_source=signup_source(request),
                    actor=actor_of(request),
                    now=timezone.now(),
                )
        return user

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """A confirmed address claims what a guest ordered with it, unless its owner says no."""
        is_declined = KEEP_APART in request.POST
        with transaction.atomic():
            confirmed: bool = super().confirm_email(request, email_address)
            customer = customers.customer_of(email_address.user)
            if confirmed and customer is not None and not is_declined:
                customer_services.claim_guest(
                    customer_id=customer.pk, actor=actor_of(request), now=timezone.now()
                )
        return confirmed

    def set_password(self, user: User, password: str) -> None:
        """Keep the save inside a transaction like every other one."""
        with transaction.atomic():
            super().set_password(user, password)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail: the page never waits for a mail server, and no mail is lost with it."""
        context = {"request": self.request, "store": store_facts(), "email": email, **context}
        mail = self.render_mail(template_prefix, email, context)
        html = next(
            (body for body, kind in getattr(mail, "alternatives", []) if kind == "text/html"), ""
        )
        notifications.send_rendered(
            kind=template_prefix.rsplit("/", 1)[-1],
            recipient=email,
            subject=str(mail.subject),
            text=str(mail.body),
            html=str(html),
            dedupe_key=f"account:{new_key()}",
            now=timezone.now(),
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff go to work, customers to their account."""
        if getattr(request.user, "is_staff", False):
            return reverse("admin:index")
        return reverse("storefront:account")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Bring the guest's cart along."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        guest_cart = carts.guest_cart(request)
        customer = customers.customer_of(user)
        if guest_cart is not None and customer is not None:
            report = cart_services.merge(
                source_cart_id=guest_cart.pk,
                customer_id=customer.pk,
                actor=actor_of(request),
                now=timezone.now(),
            )
            if report.capped:
                text = ngettext(
                    "One item was lowered to what is available when we joined your carts.",
                    "%(count)d items were lowered to what is available when we joined your carts.",
                    len(report.capped),
                ) % {"count": len(report.capped)}
                self.add_message(request, messages.WARNING, message=text)
            carts.forget(response)
        return response


def signup_source(request: HttpRequest) -> str:
    """Campaign parameters tell a social-media sign-up from one on the website."""
    source = request.session.get("utm_source", "") or request.GET.get("utm_source", "")
    social = {"facebook", "instagram", "linkedin", "x", "twitter", "youtube", "tiktok"}
    return "social_media" if str(source).lower() in social else "website"
