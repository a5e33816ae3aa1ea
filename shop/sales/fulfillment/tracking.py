"""What carriers tell us about parcels, in the one shape that a carrier's door accepts.

Signed like the messages of the gateway simulator: `t=<seconds>,v1=<HMAC-SHA256>`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shop.sales.payments.exceptions import BadSignature
from shop.sales.payments.gateways import signatures

SIGNATURE_HEADER = "X-Carrier-Signature"
SOURCE = "testship"
LONGEST_TEXT = 200


@dataclass(frozen=True)
class CarrierNotice:
    """One message about one parcel."""

    external_id: str
    carrier: str
    tracking_number: str
    status: str
    message: str


def verify(headers: Mapping[str, str], body: bytes, now: datetime) -> CarrierNotice:
    """Read a message whose signature is right."""
    signatures.check(
        secret=signatures.secret_of(SOURCE),
        header=headers.get(SIGNATURE_HEADER, ""),
        body=body,
        now=now,
    )
    try:
        return read(body.decode())
    except (ValueError, KeyError, TypeError) as problem:
        raise BadSignature("The message cannot be read.") from problem


def read(body: str) -> CarrierNotice:
    """Read a message that was verified when it came in."""
    facts: dict[str, Any] = json.loads(body)
    return CarrierNotice(
        external_id=_text(facts["id"]),
        carrier=_text(facts["carrier"]),
        tracking_number=_text(facts["tracking_number"]),
        status=_text(facts["status"]),
        message=_text(facts.get("message", "")),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise TypeError("not a short text")
    return value
