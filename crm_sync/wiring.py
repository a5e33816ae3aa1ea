"""What the synchronisation offers to the rest of the shop."""

from crm_sync import gauges, options, panels, receivers, selectors, tasks
from shop.core import health, jobs, search_keys


def connect() -> None:
    """Fill registries and watch models."""
    options.register()
    receivers.connect()
    panels.register()
    gauges.register()
    jobs.register_drain("crm", tasks.drain_now)
    jobs.register_schedule("crm-drain", "crm_sync.tasks.drain", minutes=1)
    jobs.register_schedule("crm-stock", "crm_sync.tasks.send_stock", minutes=15)
    jobs.register_schedule("crm-tidy", "crm_sync.tasks.tidy", cron="40 3 * * *")
    search_keys.register("Salesforce id", selectors.orders_by_salesforce_id)
    health.register("crm", selectors.probe)
