"""The Salesforce synchronisation as a Django app."""

from django.apps import AppConfig


class CrmSyncConfig(AppConfig):
    """Watches the shop from above."""

    name = "crm_sync"
    label = "crm_sync"
    verbose_name = "Salesforce"

    def ready(self) -> None:
        """Connect receivers and fill the places that lower packages offer."""
        from crm_sync import wiring

        wiring.connect()
