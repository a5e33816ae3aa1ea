"""The shop as customers see it: pages, forms and fragments in HTML."""
