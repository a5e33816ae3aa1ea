"""External ids: how our records are called in Salesforce, for ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from shop.core import options
from shop.core.dates import store_date

EXTERNAL_ID = "Shop_Id__c"

PRICE_LIST = "price_list"
PRODUCT = "product"
CUSTOMER = "customer"
CART = "cart"
ORDER = "order"
PAYMENT = "payment"

# Parents first: the order in which jobs of one batch are pushed.
STAGES = (PRICE_LIST, PRODUCT, CUSTOMER, CART, ORDER, PAYMENT)

# Kinds of links: a mapping may keep several records in Salesforce.
LEAD = "lead"
ACCOUNT = "account"
CONTACT = "contact"
GUEST_ACCOUNT = "guest_account"
STANDARD_PRICE = "standard_price"
PRICE = "price"
OPPORTUNITY = "opportunity"
ORDER_LINE = "order_line"
STAND_IN = "OTHER"

# Kinds of records that the job of a mapping brings over.
KINDS = {
    PRICE_LIST: (PRICE_LIST,),
    PRODUCT: (PRODUCT, STANDARD_PRICE, PRICE),
    CUSTOMER: (LEAD, ACCOUNT, CONTACT),
    CART: (CART, OPPORTUNITY),
    ORDER: (ORDER, ORDER_LINE),
    PAYMENT: (PAYMENT,),
}

_PREFIXES = {
    PRICE_LIST: "pb",
    PRODUCT: "prod",
    STANDARD_PRICE: "pbe-std",
    PRICE: "pbe",
    ACCOUNT: "acct",
    CONTACT: "cust",
    LEAD: "cust",
    GUEST_ACCOUNT: "guestacct",
    CART: "cart",
    OPPORTUNITY: "opp",
    ORDER: "order",
    ORDER_LINE: "line",
    PAYMENT: "pay",
}


_pinned: ContextVar[str] = ContextVar("shop_code", default="")


@contextmanager
def pinned_shop_code(code: str) -> Iterator[None]:
    """Name records with the code of the first sync, whatever the setting says by now."""
    token = _pinned.set(code)
    try:
        yield
    finally:
        _pinned.reset(token)


def shop_code() -> str:
    """Answer the first part of every external id."""
    return _pinned.get() or str(options.value("crm.shop_code"))


def external_id(kind: str, key: str) -> str:
    """Answer the external id of a record: shop code, kind, public key."""
    return f"{shop_code()}-{_PREFIXES[kind]}-{key}"


def guest_lead_id(key: str) -> str:
    """Answer the external id of a guest's lead."""
    return f"{shop_code()}-guest-{key}"


def month_key(moment: datetime) -> str:
    """Answer the key of the guest account that stands for a month of the store."""
    return f"{store_date(moment):%Y-%m}"


def reference(kind: str, key: str) -> dict[str, str]:
    """Point at a parent by its external id."""
    return {EXTERNAL_ID: external_id(kind, key)}
