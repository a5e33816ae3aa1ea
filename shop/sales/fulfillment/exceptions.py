"""What can stand in the way of a parcel."""


class ShipmentProblem(Exception):
    """Something about a parcel that has to be put right first."""


class ShipmentNotFound(ShipmentProblem):
    """There is no such shipment."""

    def __init__(self) -> None:
        super().__init__("There is no such shipment.")


class NotUnderWay(ShipmentProblem):
    """Only a parcel that its carrier has can be late."""

    def __init__(self) -> None:
        super().__init__("This parcel is not under way.")


class TrackingRefused(ShipmentProblem):
    """The carrier or the tracking number cannot be used."""


class NothingToShip(ShipmentProblem):
    """All goods of the order are in parcels already."""
