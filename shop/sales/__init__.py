"""The life of an order, from the cart to its end."""
