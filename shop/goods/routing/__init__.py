"""Which location serves which line, and why."""
