"""What is sold: products, variants, categories, attributes and pictures."""
