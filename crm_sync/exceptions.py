"""What can be expected to go wrong between the shop and Salesforce."""


class MarkedOutsideTransaction(RuntimeError):
    """A watched row was written without a transaction, so its change could get lost."""


class NotConnected(Exception):
    """No org is configured yet; the message says what is missing."""


class UnknownRecord(Exception):
    """No record of this kind has this key."""


class ReasonMissing(ValueError):
    """A failed job may only be put aside with a reason."""
