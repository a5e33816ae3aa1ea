"""The Django app of the local org."""

from django.apps import AppConfig


class LocalOrgConfig(AppConfig):
    """An embedded Salesforce org."""

    name = "crm_sync.localorg"
    label = "localorg"
    verbose_name = "Local org"
