"""Signed messages: `t=<unix seconds>,v1=<HMAC-SHA256 of "t.body">`."""

import hmac
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac

from shop.sales.payments.exceptions import BadSignature

TOLERANCE_SECONDS = 300


def secret_of(sender: str) -> bytes:
    """The secret that a local simulator shares with us; never stored, never shown."""
    return salted_hmac(f"webhooks.{sender}", "secret", secret=settings.SECRET_KEY).digest()


def sign(*, secret: bytes, body: bytes, now: datetime) -> str:
    """The signature header of a message sent now."""
    stamp = str(int(now.timestamp()))
    return f"t={stamp},v1={_digest(secret, stamp, body)}"


def check(*, secret: bytes, header: str, body: bytes, now: datetime) -> None:
    """Refuse a message that is not signed by who holds the secret, or not signed just now."""
    parts = dict(part.partition("=")[::2] for part in header[:300].split(","))
    stamp, given = parts.get("t", ""), parts.get("v1", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and given.isascii()):
        raise BadSignature("The signature is missing or malformed.")
    if not hmac.compare_digest(_digest(secret, stamp, body), given):
        raise BadSignature("The signature does not match.")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        raise BadSignature("The signature is too old.")


def _digest(secret: bytes, stamp: str, body: bytes) -> str:
    return hmac.new(secret, stamp.encode() + b"." + body, "sha256").hexdigest()
