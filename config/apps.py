"""The settings as an app, so that their checks and commands are found."""

from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Registers the deployment checks."""

    name = "config"
    verbose_name = "Settings"

    def ready(self) -> None:
        """Load the checks, which register themselves."""
        import_module("config.checks")
