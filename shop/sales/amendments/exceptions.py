"""What can stand in the way of a change."""


class AmendmentProblem(Exception):
    """The order cannot be changed like this."""


class TooLateToCancel(AmendmentProblem):
    """Goods of the order are packed or have left."""

    def __init__(self) -> None:
        super().__init__("This order is packed already and cannot be cancelled any more.")


class ReasonMissing(AmendmentProblem):
    """One of the reasons has to be chosen."""

    def __init__(self) -> None:
        super().__init__("Choose a reason.")
