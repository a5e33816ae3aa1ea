"""The look and navigation of the back office (django-unfold)."""

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

Allowed = Any


def environment(request: Any) -> list[str] | None:
    """A mark beside the user's name wherever this is not a production store."""
    return [str(_("Demo store")), "warning"] if settings.DEMO else None


def _may(permission: str) -> Allowed:
    """Show an entry only to people who may open what it leads to."""
    return lambda request: request.user.has_perm(permission)


def _list(title: Any, icon: str, app: str, model: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{model}_changelist"),
        "permission": _may(f"{app}.view_{model}"),
    }


def _may_see_reports(request: Any) -> bool:
    return bool(request.user.has_perm("core.view_auditentry"))


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Modern Store",
    "BORDER_RADIUS": "8px",
    "SITE_HEADER": "Modern Store",
    "SITE_SYMBOL": "storefront",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("img/favicon.svg"),
        },
    ],
    "STYLES": [lambda _request: static("css/backoffice.css")],
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "config.theme.environment",
    "DASHBOARD_CALLBACK": "shop.doors.backoffice.dashboard.fill",
    "COMMAND": {
        "search_models": False,
        "search_callback": "shop.doors.backoffice.command_search.find",
    },
    # The brand green of the store's design tokens, in steps.
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .015 178)",
            "100": "oklch(94% .03 178)",
            "200": "oklch(88% .055 178)",
            "300": "oklch(82% .085 178)",
            "400": "oklch(72% .1 178)",
            "500": "oklch(64% .105 178)",
            "600": "oklch(46% .09 178)",
            "700": "oklch(39% .08 178)",
            "800": "oklch(33% .065 178)",
            "900": "oklch(28% .05 178)",
            "950": "oklch(21% .035 178)",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "items": [
                    {"title": _("Home"), "icon": "home", "link": reverse_lazy("admin:index")},
                    {
                        "title": _("Reports"),
                        "icon": "monitoring",
                        "link": "/reports/",
                        "permission": _may_see_reports,
                    },
                    {
                        "title": _("Store"),
                        "icon": "storefront",
                        "link": "/",
                        "active": lambda _request: False,
                    },
                ],
            },
            {
                "title": _("Sales"),
                "separator": True,
                "items": [
                    _list(_("Orders"), "receipt_long", "orders", "order"),
                    _list(_("Payments"), "payments", "payments", "payment"),
                    _list(_("Refunds"), "undo", "payments", "refund"),
                    _list(_("Shipments"), "local_shipping", "fulfillment", "shipment"),
                    _list(_("Carts"), "shopping_cart", "cart", "cart"),
                    _list(_("Customers"), "group", "customers", "customer"),
                    _list(_("Leads"), "person_search", "customers", "lead"),
                ],
            },
            {
                "title": _("Goods"),
                "separator": True,
                "items": [
                    _list(_("Products"), "sell", "catalog", "product"),
                    _list(_("Categories"), "account_tree", "catalog", "category"),
                    _list(_("Product types"), "tune", "catalog", "producttype"),
                    _list(_("Stock"), "inventory_2", "inventory", "stockitem"),
                    _list(_("Stock ledger"), "list_alt", "inventory", "stockmovement"),
                    _list(_("Prices"), "currency_rupee", "price_lists", "price"),
                    _list(_("Price lists"), "price_change", "price_lists", "pricelist"),
                ],
            },
            {
                "title": _("Salesforce"),
                "separator": True,
                "collapsible": True,
                "items": [
                    _list(_("Connection"), "cloud", "crm_sync", "connection"),
                    _list(_("Outbox"), "cloud_upload", "crm_sync", "syncjob"),
                    {
                        "title": _("Failed records"),
                        "icon": "sync_problem",
                        "link": reverse_lazy("admin:crm_sync_deadletter_changelist"),
                        "permission": _may("crm_sync.view_syncjob"),
                    },
                    _list(_("Calls"), "sync_alt", "crm_sync", "syncattempt"),
                    _list(_("Linked records"), "link", "crm_sync", "link"),
                ],
            },
            {
                "title": _("Store settings"),
                "separator": True,
                "collapsible": True,
                "items": [
                    _list(_("Profile"), "badge", "organization", "storeprofile"),
                    _list(_("Locations"), "warehouse", "organization", "location"),
                    _list(_("Holidays"), "event", "organization", "holiday"),
                    _list(_("Delivery methods"), "package_2", "shipping", "shippingmethod"),
                    _list(_("Carriers"), "local_post_office", "fulfillment", "carrier"),
                    _list(_("Routing"), "alt_route", "routing", "routingrule"),
                    _list(_("Tax classes"), "category", "catalog", "taxclass"),
                    _list(_("Tax rates"), "percent", "tax", "taxrate"),
                    _list(_("Settings"), "settings", "core", "optionvalue"),
                ],
            },
            {
                "title": _("People and trust"),
                "separator": True,
                "collapsible": True,
                "items": [
                    _list(_("Users"), "manage_accounts", "customers", "user"),
                    _list(_("Roles"), "shield_person", "auth", "group"),
                    _list(_("API keys"), "key", "access", "apikey"),
                    _list(_("Sign-ins"), "login", "access", "signinevent"),
                    _list(_("Audit trail"), "history", "core", "auditentry"),
                ],
            },
            {
                "title": _("Running it"),
                "separator": True,
                "collapsible": True,
                "items": [
                    _list(_("Mail"), "mail", "notifications", "message"),
                    _list(_("Imports"), "upload_file", "transfer", "importjob"),
                    _list(_("Messages in"), "inbox", "core", "inboxmessage"),
                    _list(_("Worker"), "monitor_heart", "operations", "heartbeat"),
                ],
            },
        ],
    },
}
