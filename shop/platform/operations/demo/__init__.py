"""The demo store: the same goods, people and orders for the same start number and day."""
