"""One module per file format: which columns it has and what they mean."""
