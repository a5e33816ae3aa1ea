"""Which offers an order earns today."""

from decimal import Decimal

from shop.core import options as business_options
from shop.pricing.promotions import options, volume
from shop.pricing.promotions.volume import Offer, VolumeTerms


def volume_terms() -> VolumeTerms:
    """The terms of the volume discount as set in the back office."""
    return VolumeTerms(
        is_active=bool(business_options.value(options.VOLUME_IS_ACTIVE)),
        threshold=Decimal(business_options.value(options.VOLUME_THRESHOLD)),
        percent=Decimal(business_options.value(options.VOLUME_PERCENT)),
    )


def volume_discount(*, subtotal: Decimal, currency: str) -> Offer | None:
    """The built-in discount for big orders, or nothing at or below the threshold."""
    return volume.offer_for(subtotal=subtotal, currency=currency, terms=volume_terms())
