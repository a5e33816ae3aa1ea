"""News about parcels."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ShipmentPacked:
    """The parcel is closed and waits for its carrier."""

    shipment_id: int
    order_id: int


@dataclass(frozen=True)
class ShipmentShipped:
    """The carrier has the parcel."""

    shipment_id: int
    order_id: int


@dataclass(frozen=True)
class ShipmentOutForDelivery:
    """The parcel is on its last mile."""

    shipment_id: int
    order_id: int


@dataclass(frozen=True)
class ShipmentDelayed:
    """The parcel will come later than promised."""

    shipment_id: int
    order_id: int
    reason: str


@dataclass(frozen=True)
class ShipmentDelivered:
    """The customer has the parcel."""

    shipment_id: int
    order_id: int
