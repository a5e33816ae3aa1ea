"""Views of the storefront, one module per part of the customer's way."""
