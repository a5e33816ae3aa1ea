"""Sign-in flows and the identity service."""
