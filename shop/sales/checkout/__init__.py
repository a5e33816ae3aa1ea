"""The use case that turns a purchase into an order."""
