"""A purchase as a door hands it over, and what comes back."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from shop.directory.geography.addresses import PostalAddress


@dataclass(frozen=True)
class Purchase:
    """Everything that somebody decided before pressing Place order. Prices are not among it."""

    cart_key: str
    email: str
    full_name: str
    phone: str
    billing: PostalAddress
    shipping: PostalAddress
    shipping_code: str
    payment_method: str
    expected_total: Decimal
    currency: str = "INR"
    checkout_key: str = ""
    customer_id: int | None = None
    channel: str = "WEB"
    note: str = ""
    placed_by_id: int | None = None
    source: str = ""
    source_number: str = ""

    def tidied(self) -> "Purchase":
        """The same purchase without stray blanks."""
        return replace(
            self,
            email=self.email.strip().lower(),
            full_name=" ".join(self.full_name.split()),
            phone=self.phone.strip(),
            billing=self.billing.tidied(),
            shipping=self.shipping.tidied(),
        )

    def fingerprint(self) -> str:
        """A short proof of the content: the same submission has the same one."""
        facts = json.dumps(asdict(self), default=str, sort_keys=True)
        return hashlib.sha256(facts.encode()).hexdigest()


@dataclass(frozen=True)
class PlacedOrder:
    """What the buyer is told, the first time and every time the same submission comes again."""

    number: str
    key: str
    payment_key: str
    needs_redirect: bool
