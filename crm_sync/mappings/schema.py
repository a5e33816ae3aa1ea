"""Which objects and fields the org must have: the check list of the doctor."""

from dataclasses import dataclass

from crm_sync.mappings.carts import STATUS_WORDS
from crm_sync.mappings.names import EXTERNAL_ID
from crm_sync.mappings.orders import PAYMENT_WORDS


@dataclass(frozen=True, slots=True)
class ObjectNeeds:
    """What we write in one object, and how long our longest value may be."""

    sobject: str
    fields: tuple[str, ...]
    create_only: tuple[str, ...] = ()
    record_types: tuple[str, ...] = ()
    minimum_lengths: tuple[tuple[str, int], ...] = ()  # of texts that mean nothing when cut
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def every_field(self) -> tuple[str, ...]:
        """All fields that we write."""
        return (EXTERNAL_ID, *self.fields, *self.create_only)


def _address(prefix: str) -> tuple[str, ...]:
    parts = ("Street", "City", "State", "PostalCode", "Country")
    return tuple(f"{prefix}{part}" for part in parts)


NEEDS: tuple[ObjectNeeds, ...] = (
    ObjectNeeds("Pricebook2", ("Name", "IsActive")),
    ObjectNeeds(
        "Product2",
        (
            "Name",
            "ProductCode",
            "StockKeepingUnit",
            "Description",
            "IsActive",
            "Shop_Category__c",
            "Shop_Stock__c",
        ),
    ),
    ObjectNeeds("PricebookEntry", ("UnitPrice", "IsActive"), ("Pricebook2Id", "Product2Id")),
    ObjectNeeds(
        "Lead",
        (
            "FirstName",
            "LastName",
            "Company",
            "Email",
            "Phone",
            *_address(""),
            "Shop_Signup_At__c",
            "Shop_Consent__c",
        ),
        ("LeadSource", "RecordTypeId"),
        ("Website_Lead", "Social_Media_Lead"),
    ),
    ObjectNeeds(
        "Account",
        (
            "Name",
            "Phone",
            *_address("Billing"),
            *_address("Shipping"),
            "Shop_Lifetime_Value__c",
            "Shop_Order_Count__c",
            "Shop_Last_Order_At__c",
        ),
    ),
    ObjectNeeds(
        "Contact",
        (
            "FirstName",
            "LastName",
            "Email",
            "Phone",
            *_address("Mailing"),
            "HasOptedOutOfEmail",
            "AccountId",
        ),
    ),
    ObjectNeeds(
        "Opportunity",
        (
            "Name",
            "StageName",
            "Amount",
            "CloseDate",
            "AccountId",
            "Pricebook2Id",
            "Shop_Cart_Total__c",
            "Shop_Fulfillment_Status__c",
        ),
    ),
    ObjectNeeds(
        "Cart__c",
        (
            "Status__c",
            "Total__c",
            "Item_Count__c",
            "Last_Activity__c",
            "Currency__c",
            "Contact__c",
            "Lead__c",
            "Opportunity__c",
        ),
        choices=(("Status__c", tuple(STATUS_WORDS.values())),),
    ),
    ObjectNeeds(
        "Order",
        (
            "Status",
            "BillToContactId",
            *_address("Billing"),
            *_address("Shipping"),
            "PoNumber",
            "Shop_Status__c",
            "Shop_Grand_Total__c",
            "Shop_Tax_Total__c",
            "Shop_Shipping_Total__c",
            "Shop_Discount_Total__c",
            "Shop_Fee_Total__c",
            "Shop_Refunded_Total__c",
            "Shop_Currency__c",
            "Shop_Lead__c",
            "Shop_Payment_Status__c",
            "Shop_Fulfillment_Status__c",
            "Shop_Channel__c",
            "Shop_Coupon_Codes__c",
            "Shop_Source_Number__c",
            "Shop_Tracking_Number__c",
            "Shop_Version__c",
        ),
        ("AccountId", "Pricebook2Id", "EffectiveDate", "RecordTypeId"),
        ("Normal_Order", "Bulk_Order", "Return_Order"),
        (("PoNumber", 32), ("Shop_Currency__c", 3)),
    ),
    ObjectNeeds(
        "OrderItem",
        (
            "Quantity",
            "UnitPrice",
            "Description",
            "Shop_Line_Net__c",
            "Shop_Tax__c",
            "Shop_Line_Total__c",
            "Shop_Discount__c",
            "Shop_Tax_Code__c",
            "Shop_Tax_Rate__c",
        ),
        ("OrderId", "PricebookEntryId"),
    ),
    ObjectNeeds(
        "Payment__c",
        (
            "Status__c",
            "Amount__c",
            "Method__c",
            "Gateway_Reference__c",
            "Captured_At__c",
            "Currency__c",
            "Refunded_Amount__c",
            "Order__c",
        ),
        minimum_lengths=(("Gateway_Reference__c", 100),),
        choices=(("Status__c", tuple(PAYMENT_WORDS.values())),),
    ),
)
OBJECTS = tuple(needs.sobject for needs in NEEDS)
