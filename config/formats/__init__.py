"""How dates and numbers are written, per locale."""
