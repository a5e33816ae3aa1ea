"""What can go wrong with a payment."""


class PaymentProblem(Exception):
    """Something about a payment that has to be put right."""


class PaymentNotFound(PaymentProblem):
    """There is no such payment."""

    def __init__(self) -> None:
        super().__init__("There is no such payment.")


class MethodNotOffered(PaymentProblem):
    """This way of paying is not offered for this purchase."""

    def __init__(self) -> None:
        super().__init__("Choose one of the payment methods on offer.")


class BadSignature(PaymentProblem):
    """The message does not come from the gateway."""


class GatewayUnavailable(PaymentProblem):
    """The gateway did not answer."""


class NoticeMismatch(PaymentProblem):
    """Amount, currency or order of the gateway's message are not ours."""


class AlreadyPaid(PaymentProblem):
    """The order does not need another payment."""

    def __init__(self) -> None:
        super().__init__("This order is already paid.")


class NotRefundable(PaymentProblem):
    """More would go back than came in."""
