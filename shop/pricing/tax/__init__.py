"""Tax rates by class, country and date, and the GST split."""
