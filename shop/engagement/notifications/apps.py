"""Notifications as a Django app."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The mail outbox and what fills it."""

    name = "shop.engagement.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Listen to orders, parcels and refunds; offer the outbox for draining."""
        from shop.engagement.notifications import subscribers

        subscribers.connect()
