"""Writing many products at once, one kind of row per module."""
