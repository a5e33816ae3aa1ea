"""The ready roles and what each may do; `docs/roles.md` shows the same as a table.

Letters stand for actions on a model: V view, A add, C change, D delete.
"""

from collections.abc import Mapping

ADMIN = "Admin"
MANAGER = "Manager"
SELLER = "Seller"
SALES_REP = "Sales rep"
SERVICE_AGENT = "Service agent"
WAREHOUSE = "Warehouse"
AUDITOR = "Auditor"
CUSTOMER = "Customer"

ROLE_NAMES = (ADMIN, MANAGER, SELLER, SALES_REP, SERVICE_AGENT, WAREHOUSE, AUDITOR, CUSTOMER)
ACTIONS = {"V": "view", "A": "add", "C": "change", "D": "delete"}

# One line for each model: Manager, Seller, Sales rep, Service agent, Warehouse.
# Admin has all four letters everywhere, Auditor may view everything, Customer has nothing here.
_COLUMNS = (MANAGER, SELLER, SALES_REP, SERVICE_AGENT, WAREHOUSE)
_TABLE: Mapping[str, tuple[str, str, str, str, str]] = {
    "catalog.product": ("VACD", "VAC", "V", "V", "V"),
    "catalog.variant": ("VACD", "VAC", "V", "V", "V"),
    "catalog.productimage": ("VACD", "VACD", "V", "V", "V"),
    "catalog.productcategory": ("VACD", "VACD", "V", "V", "V"),
    "catalog.attributevalue": ("VACD", "VACD", "V", "V", "V"),
    "catalog.category": ("VACD", "V", "V", "V", "V"),
    "catalog.producttype": ("VACD", "V", "V", "V", "V"),
    "catalog.attribute": ("VACD", "V", "V", "V", "V"),
    "catalog.attributechoice": ("VACD", "V", "V", "V", "V"),
    "catalog.oldaddress": ("VACD", "V", "", "", ""),
    "catalog.historicalproduct": ("V", "V", "", "", ""),
    "catalog.taxclass": ("VAC", "V", "V", "V", ""),
    "inventory.stockitem": ("VAC", "V", "V", "V", "VAC"),
    "inventory.stockmovement": ("VA", "V", "", "V", "VA"),
    "inventory.reservation": ("V", "", "", "V", "V"),
    "shipping.shippingmethod": ("VACD", "", "V", "V", "V"),
    "routing.routingrule": ("VACD", "", "", "", "V"),
    "tax.taxrate": ("VAC", "", "V", "V", ""),
    "price_lists.pricelist": ("VACD", "V", "V", "V", ""),
    "price_lists.price": ("VACD", "VAC", "V", "V", ""),
    "price_lists.historicalprice": ("V", "V", "", "", ""),
    "cart.cart": ("V", "", "V", "V", ""),
    "cart.cartline": ("V", "", "V", "V", ""),
    "checkout.checkout": ("V", "", "", "V", ""),
    "orders.order": ("VAC", "V", "VAC", "VAC", "V"),
    "orders.orderline": ("VAC", "V", "VAC", "VAC", "V"),
    "orders.orderaddress": ("VAC", "", "VAC", "VAC", "V"),
    "orders.orderallocation": ("V", "", "", "V", "V"),
    "payments.payment": ("VAC", "", "", "V", ""),
    "payments.paymententry": ("V", "", "", "V", ""),
    "payments.refund": ("VAC", "", "", "VA", ""),
    "fulfillment.carrier": ("VACD", "", "V", "V", "V"),
    "fulfillment.shipment": ("VAC", "", "V", "V", "VAC"),
    "fulfillment.shipmentline": ("VAC", "", "V", "V", "VAC"),
    "fulfillment.shipmentevent": ("V", "", "V", "V", "V"),
    "customers.customer": ("VAC", "", "VAC", "VAC", ""),
    "customers.lead": ("VAC", "", "VAC", "V", ""),
    "customers.address": ("VACD", "", "VACD", "VACD", ""),
    "customers.consent": ("V", "", "V", "V", ""),
    "customers.user": ("V", "", "", "", ""),
    "organization.storeprofile": ("VC", "", "", "", ""),
    "organization.location": ("VAC", "V", "V", "V", "V"),
    "organization.holiday": ("VACD", "V", "V", "V", "V"),
    "geography.country": ("V", "", "", "", ""),
    "geography.region": ("VACD", "", "V", "", ""),
    "geography.state": ("VC", "", "V", "", ""),
    "geography.postalcode": ("VAC", "", "V", "V", "V"),
    "geography.cityalias": ("VACD", "", "", "", ""),
    "notifications.message": ("VC", "", "V", "VC", ""),
    "search.searchdocument": ("V", "", "", "", ""),
    "transfer.importjob": ("VA", "", "", "", ""),
    "operations.heartbeat": ("V", "", "", "", ""),
    "core.optionvalue": ("VC", "", "", "", ""),
    "core.timelineentry": ("V", "", "V", "V", "V"),
    "core.auditentry": ("V", "", "", "", ""),
    "core.inboxmessage": ("V", "", "", "", ""),
    "access.signinevent": ("V", "", "", "", ""),
    "access.apikey": ("", "", "", "", ""),
    "auth.group": ("V", "", "", "", ""),
    "crm_sync.connection": ("V", "", "", "", ""),
    "crm_sync.syncjob": ("VC", "", "V", "V", ""),
    "crm_sync.syncattempt": ("V", "", "", "V", ""),
    "crm_sync.deadletter": ("VC", "", "", "", ""),
    "crm_sync.changemark": ("V", "", "", "", ""),
    "crm_sync.synccall": ("V", "", "", "", ""),
    "crm_sync.link": ("V", "", "V", "V", ""),
}


def permission_names(model: str, letters: str) -> frozenset[str]:
    """Answer the permissions that letters on a model stand for."""
    app, name = model.split(".")
    return frozenset(f"{app}.{ACTIONS[letter]}_{name}" for letter in letters)


def letters_of(role: str, model: str) -> str:
    """Answer the letters that a role has on a model."""
    if role == ADMIN:
        return "VACD"
    if role == AUDITOR:
        return "V"
    return _TABLE[model][_COLUMNS.index(role)] if role in _COLUMNS else ""


# Steps that are more than changing a row, and who takes them (Admin always).
SPECIAL: Mapping[str, frozenset[str]] = {
    "orders.place_order_for_customer": frozenset({MANAGER, SALES_REP, SERVICE_AGENT}),
    "orders.activate_order": frozenset({MANAGER, SALES_REP}),
    "orders.complete_order": frozenset({MANAGER, SERVICE_AGENT}),
    "orders.cancel_order": frozenset({MANAGER, SALES_REP, SERVICE_AGENT}),
    "payments.confirm_cash": frozenset({MANAGER, SERVICE_AGENT}),
    "payments.refund_payment": frozenset({MANAGER}),
    "payments.view_payment_reference": frozenset({MANAGER, SERVICE_AGENT, AUDITOR}),
    "fulfillment.pack_shipment": frozenset({MANAGER, WAREHOUSE}),
    "fulfillment.ship_shipment": frozenset({MANAGER, WAREHOUSE}),
}


def special_of(role: str) -> frozenset[str]:
    """Answer the special steps that a role takes."""
    return frozenset(name for name, taken_by in SPECIAL.items() if role in {ADMIN, *taken_by})


MODELS = tuple(_TABLE)
ROLES: dict[str, frozenset[str]] = {
    role: special_of(role).union(
        *(permission_names(model, letters_of(role, model)) for model in MODELS)
    )
    for role in ROLE_NAMES
}
STAFF_ROLES = frozenset(ROLE_NAMES) - {CUSTOMER}

# Fields that only holders of a permission see.
PROTECTED_FIELDS: Mapping[str, str] = {
    "payments.payment.reference": "payments.view_payment_reference",
    "payments.payment.redirect_url": "payments.view_payment_reference",
    "payments.payment.failure_message": "payments.view_payment_reference",
    "payments.paymententry.reference": "payments.view_payment_reference",
    "payments.refund.reference": "payments.view_payment_reference",
}
