"""Access as a Django app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Roles, field visibility, sign-in log and API keys."""

    name = "shop.directory.access"
    label = "access"

    def ready(self) -> None:
        """Listen to sign-ins and migrations."""
        from shop.directory.access import subscribers

        subscribers.connect()
