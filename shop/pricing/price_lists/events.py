"""What happened to prices."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PriceChanged:
    """Variants whose price was set, changed or taken away."""

    variant_ids: tuple[int, ...]
