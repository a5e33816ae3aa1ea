"""What happens to customers, told to the packages above."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CustomerRegistered:
    """A person who can sign in became a customer."""

    customer_id: int


@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """A customer's own data, addresses or consents changed."""

    customer_id: int


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """One customer went up in another: what belonged to the first belongs to the second."""

    source_id: int
    target_id: int
