"""What the pages of orders and customers show of Salesforce."""

from typing import Any

from crm_sync import policies, selectors
from crm_sync.mappings import names
from shop.core import panels
from shop.core.panels import Panel

TEMPLATE = "crm_sync/panel.html"


def _of_order(order: Any) -> dict[str, Any]:
    return {"explanation": selectors.explain(names.ORDER, order.key, limit=5)}


def _of_customer(customer: Any) -> dict[str, Any]:
    return {"explanation": selectors.explain(names.CUSTOMER, customer.key, limit=5)}


def register() -> None:
    """Offer the panels."""
    for page, loader in (("admin.order", _of_order), ("admin.customer", _of_customer)):
        panels.register(
            Panel(
                name="crm",
                page=page,
                title="Salesforce",
                policy=policies.may_view,
                loader=loader,
                template=TEMPLATE,
            )
        )
