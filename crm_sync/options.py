"""Business settings of the Salesforce synchronisation."""

import re

from shop.core import options
from shop.core.options import Option

PLACED, PAID = "placed", "paid"
ORDER_PLACED, PAYMENT_CONFIRMED, SHIPPED = "order_placed", "payment_confirmed", "shipped"
LEAD, CONTACT, NONE = "lead", "contact", "none"


def _is_code(value: str) -> str:
    fits = re.fullmatch(r"[A-Za-z0-9_]{1,12}", value)
    return "" if fits else "one to twelve letters, digits or underscores"


OPTIONS = (
    Option(
        "crm.shop_code",
        options.TEXT,
        "main",
        help="First part of every external id; fixed after the first sync.",
        check=_is_code,
    ),
    Option(
        "crm.order_create_on",
        options.CHOICE,
        PLACED,
        choices=(PLACED, PAID),
        help="When an order appears in Salesforce: as a draft at once, or only when paid.",
    ),
    Option(
        "crm.opportunity_won_on",
        options.CHOICE,
        ORDER_PLACED,
        choices=(ORDER_PLACED, PAYMENT_CONFIRMED, SHIPPED),
        help="Which step of the order wins its opportunity.",
    ),
    Option(
        "crm.create_missing_opportunity",
        options.BOOL,
        default=True,
        help="An order whose cart had no opportunity gets a won one.",
    ),
    Option(
        "crm.reopen_lost",
        options.BOOL,
        default=True,
        help="An order cancelled before shipping turns its won opportunity to lost.",
    ),
    Option(
        "crm.signup_creates",
        options.CHOICE,
        LEAD,
        choices=(LEAD, CONTACT, NONE),
        help="What a sign-up without purchase becomes in Salesforce.",
    ),
    Option(
        "crm.guest_policy",
        options.CHOICE,
        LEAD,
        choices=(LEAD, CONTACT, NONE),
        help="What a guest buyer becomes in Salesforce.",
    ),
    Option(
        "crm.convert_guests",
        options.BOOL,
        default=False,
        help="A guest's paid order converts the lead at once.",
    ),
    Option(
        "crm.cart_opportunity_expire_days",
        options.INT,
        30,
        minimum=1,
        maximum=365,
        help="Days from the cart's start to the closing date of its opportunity.",
    ),
    Option(
        "crm.api_daily_limit",
        options.INT,
        15_000,
        minimum=1,
        help="Calls per day as long as the org has not told its own figure.",
    ),
    Option(
        "crm.api_reserve_percent",
        options.INT,
        20,
        minimum=0,
        maximum=90,
        help="Share of the daily calls that low-priority work leaves to others.",
    ),
    Option(
        "rules.cart_opportunity_amount",
        options.DECIMAL,
        "500.00",
        minimum=0,
        help="A cart above this amount becomes an opportunity.",
    ),
)


def register() -> None:
    """Declare these settings."""
    options.register(*OPTIONS)
