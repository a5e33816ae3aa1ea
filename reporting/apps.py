"""The reporting app."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Subscribes to what makes figures old."""

    name = "reporting"
    label = "reporting"
    verbose_name = "Reports"

    def ready(self) -> None:
        """Connect subscribers and jobs."""
        from reporting import schedule, subscribers

        subscribers.connect()
        schedule.register()
