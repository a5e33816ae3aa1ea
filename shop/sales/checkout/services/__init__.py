"""From a cart to an order; each verb is one transaction."""

from shop.sales.checkout.services.placing import place_order
from shop.sales.checkout.services.tills import begin, expire, let_go

__all__ = ["begin", "expire", "let_go", "place_order"]
