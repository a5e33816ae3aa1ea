"""Hears of confirmed changes of an e-mail address."""

from typing import Any

from allauth.account.signals import email_changed
from django.utils import timezone

from shop.core.actors import CUSTOMER, Actor
from shop.directory.customers import services
from shop.directory.customers.models import User


def connect() -> None:
    """Listen to the account pages."""
    email_changed.connect(_email_changed, dispatch_uid="customers.email_changed")


def _email_changed(user: User, to_email_address: Any, **_: Any) -> None:
    """The customer follows the user's new address."""
    services.change_email(
        user_id=user.pk,
        email=to_email_address.email,
        actor=Actor(kind=CUSTOMER, key=user.key, label=str(user)),
        now=timezone.now(),
    )
