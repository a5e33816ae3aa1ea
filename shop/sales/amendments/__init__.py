"""The use cases that change an order after it was placed."""
