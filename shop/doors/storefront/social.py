"""Who comes with an account from elsewhere becomes a customer like everybody else."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from shop.directory.customers import selectors as customers
from shop.directory.customers import services as customer_services
from shop.directory.customers.models import User
from shop.doors.storefront.adapters import signup_source
from shop.doors.storefront.visitors import actor_of

LONGEST_NAME = 120


class SocialAdapter(DefaultSocialAccountAdapter):
    """Binds sign-in through providers to our services.

    An account that exists is opened only by an address that the provider has verified (allauth's
    e-mail authentication); an unverified one has to be confirmed by mail first.
    """

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """Take over the whole name: we never split one."""
        user: User = super().populate_user(request, sociallogin, data)
        user.full_name = str(data.get("name") or "")[:LONGEST_NAME]
        return user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        """Save user, account and customer together."""
        with transaction.atomic():
            user: User = super().save_user(request, sociallogin, form)
            if customers.customer_of(user) is None:
                customer_services.register_customer(
                    user=user,
                    full_name=user.full_name,
                    phone="",
                    marketing_consent=False,
                    signup_source=signup_source(request),
                    actor=actor_of(request),
                    now=timezone.now(),
                )
        return user
