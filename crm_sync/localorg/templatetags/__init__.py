"""Template tags of the org browser."""
