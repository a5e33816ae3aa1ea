"""Questions about roles, keys and sign-ins."""

import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from shop.core import actors
from shop.core.actors import Actor
from shop.directory.access.models import ApiKey, SignInEvent

TOKEN_MARK = "ms"  # noqa: S105 - the visible start of every key, not a secret


def actor_for(user: Any, *, channel: str, correlation_id: str = "") -> Actor:
    """Answer the actor that a signed-in or anonymous user is."""
    tracing = correlation_id or actors.correlation_id()
    if not getattr(user, "is_authenticated", False):
        return Actor(kind=actors.GUEST, label="Guest", channel=channel, correlation_id=tracing)
    return Actor(
        kind=actors.STAFF if user.is_staff else actors.CUSTOMER,
        key=user.key,
        label=str(user),
        channel=channel,
        correlation_id=tracing,
    )


def actor_for_key(key: ApiKey, *, correlation_id: str = "") -> Actor:
    """Answer the actor that a program with a key is."""
    tracing = correlation_id or actors.correlation_id()
    return Actor(
        kind=actors.API, key=key.key, label=key.name, channel="api", correlation_id=tracing
    )


def hash_token(token: str) -> str:
    """Answer what is kept of a key; it is long and random, so one round is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_email(email: str) -> str:
    """Answer a keyed hash of an e-mail address, to count tries without keeping it."""
    text = email.strip().lower().encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


def find_api_key(token: str, *, now: datetime) -> ApiKey | None:
    """Answer the key that a program shows, if it is known, in use and not expired."""
    mark, _, rest = token.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != TOKEN_MARK or not secret:
        return None
    key = ApiKey.objects.filter(prefix=prefix, is_active=True).first()
    if key is None or not hmac.compare_digest(key.hashed, hash_token(token)):
        return None
    return None if key.expires_at and key.expires_at <= now else key


def sign_ins_of(user: Any) -> QuerySet[SignInEvent]:
    """Answer a user's sign-ins and failures, latest first."""
    return SignInEvent.objects.filter(user=user).order_by("-at", "-pk")


def failures_since(email: str, since: datetime) -> int:
    """Answer how often somebody failed to sign in with an address since a moment."""
    return SignInEvent.objects.filter(
        email_hash=hash_email(email), at__gte=since, outcome=SignInEvent.Outcome.FAILURE
    ).count()
