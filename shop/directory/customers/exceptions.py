"""What may stop a change of customer data."""


class InvalidAddress(Exception):
    """The address has problems, told by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = problems


class EmailMissing(Exception):
    """Nobody can be written to without an e-mail address."""


class NotRegistered(Exception):
    """Only somebody who can sign in may take over what a guest did."""


class AlreadyRegistered(Exception):
    """This user is a customer already."""
