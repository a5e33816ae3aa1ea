"""The whole copy in an org against the shop: goods, people, deals, orders; nothing twice."""

from crm_sync.mappings import names
from shop.directory.customers.models import Customer
from shop.goods.catalog.models import Variant
from shop.pricing.price_lists.models import Price
from shop.sales.cart.models import Cart
from shop.sales.orders.models import Order
from tests.factories.crm_sync import _by_id, _compare, order_differences

CART_WORDS = {"OPEN": "Open", "ORDERED": "Converted", "EXPIRED": "Expired", "MERGED": "Merged"}
BOUGHT = ("ACTIVATED", "COMPLETED")


def copy_differences(org) -> list[str]:
    """Everything that is not in the org as it is in the shop, or is there without being ours."""
    return [
        *_goods(org),
        *_leads(org),
        *_contacts(org),
        *_accounts(org),
        *_carts(org),
        *order_differences(org),
    ]


def _goods(org) -> list[str]:
    products = {
        names.external_id(names.PRODUCT, row.key): {"ProductCode": row.sku, "IsActive": True}
        for row in Variant.objects.all()
    }
    entries = {}
    for price in Price.objects.select_related("variant", "price_list"):
        for kind, is_standard in ((names.STANDARD_PRICE, True), (names.PRICE, False)):
            entries[names.external_id(kind, price.variant.key)] = {
                "UnitPrice": float(price.amount),
                "IsActive": True,
                "Product2": {"ProductCode": price.variant.sku},
                "Pricebook2": {"IsStandard": is_standard},
            }
    return [
        *_compare(
            "product",
            products,
            _by_id(org.query("SELECT Shop_Id__c, ProductCode, IsActive FROM Product2")),
        ),
        *_compare(
            "price entry",
            entries,
            _by_id(
                org.query(
                    "SELECT Shop_Id__c, UnitPrice, IsActive, Product2.ProductCode, "
                    "Pricebook2.IsStandard FROM PricebookEntry"
                )
            ),
        ),
    ]


def _people() -> tuple[list[Customer], list[Customer]]:
    """Who is a lead, and who is a contact because they signed up and bought."""
    buyers = set(Order.objects.filter(status__in=BOUGHT).values_list("customer_id", flat=True))
    everybody = Customer.objects.filter(merged_into=None).select_related("user")
    contacts = [row for row in everybody if row.user_id and row.pk in buyers]
    return [row for row in everybody if row not in contacts], contacts


def _leads(org) -> list[str]:
    leads, _ = _people()
    wanted = {
        names.guest_lead_id(row.key)
        if row.user_id is None
        else names.external_id(names.LEAD, row.key): {"Email": row.email}
        for row in leads
    }
    found = org.query("SELECT Shop_Id__c, Email FROM Lead WHERE IsConverted = false")
    return _compare("lead", wanted, _by_id(found))


def _contacts(org) -> list[str]:
    _, contacts = _people()
    wanted = {
        names.external_id(names.CONTACT, row.key): {
            "Email": row.email,
            "Account": names.reference(names.ACCOUNT, row.key),
        }
        for row in contacts
    }
    found = org.query("SELECT Shop_Id__c, Email, Account.Shop_Id__c FROM Contact")
    return _compare("contact", wanted, _by_id(found))


def _accounts(org) -> list[str]:
    """One for each contact, and one for each month in which guests ordered."""
    _, contacts = _people()
    ids = {row.pk for row in contacts}
    wanted = {
        names.external_id(names.ACCOUNT, row.key): {"Shop_Order_Count__c": float(row.order_count)}
        for row in contacts
    }
    for order in Order.objects.exclude(customer_id__in=ids):
        month = names.month_key(order.placed_at)
        wanted[names.external_id(names.GUEST_ACCOUNT, month)] = {}
    found = org.query("SELECT Shop_Id__c, Shop_Order_Count__c FROM Account")
    return _compare("account", wanted, _by_id(found))


def _carts(org) -> list[str]:
    orders = {order.cart_key: order for order in Order.objects.all()}
    carts, deals = {}, {}
    for cart in Cart.objects.prefetch_related("lines"):
        if not cart.lines.all() and cart.key not in orders:
            continue
        carts[names.external_id(names.CART, cart.key)] = {"Status__c": CART_WORDS[cart.state]}
        if order := orders.get(cart.key):
            deals[names.external_id(names.OPPORTUNITY, cart.key)] = {
                "StageName": "Closed Won",
                "Amount": float(order.grand_total),
            }
    return [
        *_compare("cart", carts, _by_id(org.query("SELECT Shop_Id__c, Status__c FROM Cart__c"))),
        *_compare(
            "deal",
            deals,
            _by_id(org.query("SELECT Shop_Id__c, StageName, Amount FROM Opportunity")),
        ),
    ]
